import SegmentTestSupport

@testable import SegmentEngine

/// Batches whose every byte follows from a seed, a session and a time.
struct ModelText {
  private var random: SplitMix64
  private let seed: Int
  let key: SessionKey

  init(_ seed: Int, _ key: SessionKey) {
    self.seed = seed
    self.key = key
    random = SplitMix64(seed: UInt64(seed) &* 31 &+ UInt64(key.id.utf8.count))
  }

  /// What the events of a session hold and those of no other.
  static func trace(_ key: SessionKey) -> String { "trace-of-\(key.id)-end" }

  /// Nearly always one for each session.
  private mutating func visitor() -> String {
    if random.once(in: 3) { return "" }
    return "v\(random.once(in: 20) ? random.below(4) : key.id.utf8.reduce(0) { ($0 &* 7 &+ Int($1)) % 4 })"
  }

  static let windows = ["", "tab-a", "tab-b"]
  static let absurd = [0, 0.5, 1e15, 1_700_000_000, 5_700_000_000_000]

  mutating func batch(_ count: Int, at now: Double, isNamed: Bool, absurd: Bool = false) -> ModelBatch {
    var batch = ModelBatch(
      id: isNamed ? "b\(seed)" : "", window: Self.windows[random.below(3)],
      visitor: visitor(), origin: random.once(in: 3) ? .imported : .live,
      sent: [], events: [])
    var time = now - Double(random.below(5_000))
    while batch.events.count < count {
      time += Double(random.below(8)) * 25
      let place = absurd && random.once(in: 4) ? Self.absurd[random.below(Self.absurd.count)] : time
      batch.events += events(at: place)
    }
    batch.sent = form(batch.events.map(\.line))
    return batch
  }

  private mutating func events(at time: Double) -> [ReferenceSession.Event] {
    let text = "\(Self.trace(key)) \(random.next() % 1_000_000)"
    func event(_ line: String, isMeta: Bool = false, isSnapshot: Bool = false) -> ReferenceSession.Event {
      .init(sequence: 0, window: "", line: line, timestamp: time, isMeta: isMeta, isSnapshot: isSnapshot)
    }
    switch random.below(12) {
    case 0:
      let page = event(Sample.meta(time, href: "https://\(key.project).example/\(random.below(4))"), isMeta: true)
      let long = String(repeating: "\(text) ", count: 1 + random.below(40))
      return [page, event(Sample.snapshot(time, text: long), isSnapshot: true)]
    case 1: return [event(Sample.error(time))]
    case 2: return [event(Sample.click(time))]
    case 3: return [event(Sample.input(time))]
    case 4: return [event(Sample.custom(time, tag: text))]
    case 5: return [event(Sample.meta(time, href: "https://\(key.project).example/alone"), isMeta: true)]
    default: return [event(Sample.mutation(time, text: text))]
    }
  }

  /// NDJSON with its last line feed or without, or an array: stored in the same way.
  private mutating func form(_ lines: [String]) -> [UInt8] {
    switch random.below(6) {
    case 0: Array(lines.joined(separator: "\n").utf8)
    case 1: Array("[\(lines.joined(separator: ","))]".utf8)
    case 2: Array((lines.joined(separator: "\r\n\n") + "\n\n").utf8)
    default: Sample.batch(lines)
    }
  }

  static let invalid = ["nonsense", "{\"type\":3}", "{\"timestamp\":5}", "{\"type\":3,\"timestamp\":-5}", "[]"]

  /// A batch with invalid lines among its own; now and then nothing but these.
  mutating func invalidBatch(at now: Double) -> ModelBatch {
    var batch = batch(1 + random.below(5), at: now, isNamed: random.once(in: 2))
    if random.once(in: 5) {
      // Whether a power loss took it cannot be told.
      batch.events = []
      batch.visitor = ""
    }
    var lines = batch.events.map(\.line)
    for _ in 0...random.below(2) {
      lines.insert(Self.invalid[random.below(Self.invalid.count)], at: random.below(lines.count + 1))
      batch.rejected += 1
    }
    // An array in front is one event; first in a batch it would be the batch.
    if lines[0].hasPrefix("[") { lines[0] = Self.invalid[0] }
    batch.sent = Sample.batch(lines)
    return batch
  }
}
