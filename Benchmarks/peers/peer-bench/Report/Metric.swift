/// What a row of the report is about.
struct Metric: Sendable {
  enum Direction: String, Codable, Sendable { case higher, lower }

  /// What the engine is to reach.
  enum Goal: Sendable {
    /// At least so many times as good as the best of the others; with an aim beyond it.
    case beats(factor: Double, aim: Double? = nil)
    /// Better than the best of the others.
    case strictlyBeats(aim: Double? = nil)
    /// At most this, whatever the others do.
    case atMost(Double)
  }

  /// Where the values come from.
  enum Source: Sendable {
    case measured
    /// How much dearer it is than in another metric.
    case growth(from: String)
    /// What more of one thing takes of another: the difference of the first two over that of the last two, in
    /// thousandths.
    case slope(of: String, from: String, over: String, less: String)
  }

  var id: String
  var part: String
  var title: String
  var unit: String
  var better: Direction
  var goal: Goal?
  var source = Source.measured
  /// Whether it is drawn.
  var isDrawn = false
}

/// The rows of the report, in order.
enum Metrics {
  static func all(_ options: Options) -> [Metric] {
    options.parts.flatMap { part in
      switch part {
      case .ingest: ingest(64) + ingest(1_000)
      case .rest: rest("rest", "at rest") + rest("crowd", "at rest, \(RestPhase.crowd) times the sessions") + [further]
      case .play: play
      case .list:
        [
          Metric(
            id: "list.each", part: "listing", title: "a day's sessions, for each", unit: "us", better: .lower,
            isDrawn: true)
        ]
      case .delete: deletion
      case .erase: erasure
      case .open:
        options.counts.flatMap { opening($0, isLast: $0 == options.counts.last) }
          + growth(from: options.counts.first ?? 0, to: options.counts.last ?? 0)
      }
    }
  }

  private static func ingest(_ clients: Int) -> [Metric] {
    func metric(
      _ name: String, _ title: String, _ unit: String, _ better: Metric.Direction, _ goal: Metric.Goal? = nil,
      isDrawn: Bool = false
    ) -> Metric {
      Metric(
        id: "ingest\(clients).\(name)", part: "ingest, \(grouped(clients)) at once", title: title, unit: unit,
        better: better,
        goal: goal, isDrawn: isDrawn)
    }
    return [
      metric("rate", "rate", "MB/s", .higher, .strictlyBeats(aim: 2), isDrawn: true),
      metric("batches", "batches", "1/s", .higher),
      metric("p50", "acknowledged, p50", "ms", .lower),
      metric("p99", "acknowledged, p99", "ms", .lower, isDrawn: true),
      metric("cpu", "CPU till acknowledged", "s/raw GB", .lower, .beats(factor: 1), isDrawn: true),
      metric("settledcpu", "CPU till settled", "s/raw GB", .lower),
      metric("written", "written till settled", "bytes/raw byte", .lower, isDrawn: true),
    ]
  }

  /// What is there once, however many sessions there are, is left out of it.
  private static var further: Metric {
    Metric(
      id: "crowd.further", part: "at rest, \(RestPhase.crowd) times the sessions",
      title: "allocated for what was added",
      unit: "bytes/raw KB", better: .lower,
      source: .slope(of: "crowd.taken", from: "rest.taken", over: "crowd.raw", less: "rest.raw"), isDrawn: true)
  }

  private static func rest(_ name: String, _ part: String) -> [Metric] {
    [
      Metric(
        id: "\(name).bytes", part: part, title: "allocated", unit: "bytes/raw KB", better: .lower,
        goal: .beats(factor: 2), isDrawn: true),
      Metric(
        id: "\(name).cpu", part: part, title: "CPU till there", unit: "s/raw GB", better: .lower,
        goal: .beats(factor: 1), isDrawn: true),
      Metric(
        id: "\(name).written", part: part, title: "written till there", unit: "bytes/raw byte", better: .lower,
        isDrawn: true),
    ]
  }

  private static var play: [Metric] {
    func metric(_ name: String, _ title: String, _ unit: String, _ goal: Metric.Goal? = nil) -> Metric {
      Metric(
        id: "play.\(name)", part: "play at time t", title: title, unit: unit, better: .lower, goal: goal, isDrawn: true)
    }
    return [
      metric("warm50", "warm, p50", "ms"), metric("warm99", "warm, p99", "ms", .beats(factor: 1)),
      metric("cold50", "cold, p50", "ms"), metric("cold99", "cold, p99", "ms", .beats(factor: 1)),
      metric("read", "cold, read of the disk", "KB"),
    ]
  }

  private static var deletion: [Metric] {
    func metric(_ name: String, _ title: String, _ unit: String, _ goal: Metric.Goal? = nil) -> Metric {
      Metric(id: "delete.\(name)", part: "deleting a day of ten", title: title, unit: unit, better: .lower, goal: goal)
    }
    var metrics = [
      metric("returns", "till the call returns", "ms"),
      metric("space", "till the space is back", "ms", .beats(factor: 1)),
      metric("written", "written by then", "KB", .atMost(128)), metric("settled", "written till settled", "KB"),
    ]
    for place in 0..<2 { metrics[place].isDrawn = true }
    metrics[3].isDrawn = true
    metrics.append(
      Metric(
        id: "delete.freed", part: "deleting a day of ten", title: "freed, of its share by raw bytes", unit: "%",
        better: .higher))
    return metrics
  }

  private static var erasure: [Metric] {
    [
      Metric(id: "erase.time", part: "erasing a session", title: "time", unit: "ms", better: .lower, isDrawn: true),
      Metric(
        id: "erase.written", part: "erasing a session", title: "written", unit: "KB", better: .lower, isDrawn: true),
    ]
  }

  private static func opening(_ count: Int, isLast: Bool) -> [Metric] {
    func metric(
      _ name: String, _ title: String, _ unit: String, _ goal: Metric.Goal? = nil, isDrawn: Bool = false
    ) -> Metric {
      Metric(
        id: "open\(count).\(name)", part: "\(grouped(count)) sessions", title: title, unit: unit, better: .lower,
        goal: isLast ? goal : nil, isDrawn: isDrawn && isLast)
    }
    return [
      metric("warm", "opening", "ms", .strictlyBeats(), isDrawn: true),
      metric("cold", "opening, cache empty", "ms", .strictlyBeats(), isDrawn: true),
      metric("firstwarm", "opening and one play", "ms", isDrawn: true),
      metric("firstcold", "opening and one play, cache empty", "ms"),
      metric("memory", "memory, open and one play", "MB", .atMost(64), isDrawn: true),
      metric("highest", "memory of the process, highest", "MB"),
      metric("list", "listing a day, for each", "us", isDrawn: true),
      metric("play", "play, warm", "us", isDrawn: true),
      metric("append", "append a batch", "ms", isDrawn: true),
      metric("erase", "erase a session", "ms", isDrawn: true),
      metric("bytes", "allocated for each", "bytes"),
      metric("fill", "made in", "s"),
    ]
  }

  private static func growth(from few: Int, to many: Int) -> [Metric] {
    if few == many { return [] }
    return [("list", "listing, for each"), ("play", "play, warm"), ("append", "append"), ("erase", "erase")].map {
      name, title in
      Metric(
        id: "open\(many).\(name)", part: "\(grouped(many)) sessions beside \(grouped(few))", title: title, unit: "x",
        better: .lower, goal: .atMost(1.3), source: .growth(from: "open\(few).\(name)"), isDrawn: true)
    }
  }

  static func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return String(digits)
  }
}
