/// A row of the report: what each peer came to, who is best, and how the engine stands beside the best of the others.
struct Row: Sendable {
  enum Verdict: String, Codable, Sendable {
    case met
    case missed = "MISSED"
  }

  var metric: Metric
  /// By peer; absent where it was not measured.
  var cells: [String: Figures.Spread]
  var winner: String?
  /// The best of the others.
  var rival: String?
  /// The engine's median over that of the best of the others.
  var ratio: Double?
  var verdict: Verdict?
  /// Whether the aim beyond the goal was reached; nil where there is none.
  var reachesAim: Bool?

  init(_ metric: Metric, _ figures: Figures, _ peers: [String]) {
    self.metric = metric
    var cells: [String: Figures.Spread] = [:]
    for peer in peers {
      switch metric.source {
      case .measured: cells[peer] = figures[peer, metric.id]
      case .growth(let base): cells[peer] = figures.ratio(peer, metric.id, to: base)
      case .slope(let more, let less, let over, let under):
        cells[peer] = figures.slope(peer, more, less, over: over, less: under)
      }
    }
    self.cells = cells
    func best(_ peers: [String]) -> String? {
      let known = peers.compactMap { peer in cells[peer].map { (peer, $0.median) } }.filter { $0.1.isFinite }
      return metric.better == .lower ? known.min { $0.1 < $1.1 }?.0 : known.max { $0.1 < $1.1 }?.0
    }
    winner = best(peers)
    rival = best(peers.filter { $0 != PeerList.engine })
    guard let own = cells[PeerList.engine]?.median, own.isFinite else { return }
    if let rival, let other = cells[rival]?.median, other > 0 { ratio = own / other }
    judge(own)
  }

  private mutating func judge(_ own: Double) {
    // How many times as good as the best of the others.
    let times = ratio.map { metric.better == .higher ? $0 : 1 / $0 }
    switch metric.goal {
    case .atMost(let bound): verdict = own <= bound ? .met : .missed
    case .beats(let factor, let aim):
      verdict = times.map { $0 >= factor ? .met : .missed }
      if let aim { reachesAim = times.map { $0 >= aim } }
    case .strictlyBeats(let aim):
      verdict = times.map { $0 > 1 ? .met : .missed }
      if let aim { reachesAim = times.map { $0 >= aim } }
    case nil: break
    }
  }

  /// The goal in words.
  var goal: String {
    let isHigher = metric.better == .higher
    func aim(_ value: Double?) -> String { value.map { "; aim \(Number.text($0))x" } ?? "" }
    return switch metric.goal {
    case .atMost(let bound): "<= \(Number.text(bound))"
    case .beats(let factor, let value):
      (isHigher ? ">= \(Number.text(factor)) of the best" : "<= \(Number.text(1 / factor)) of the best") + aim(value)
    case .strictlyBeats(let value): (isHigher ? "> the best" : "< the best") + aim(value)
    case nil: ""
    }
  }

  var verdictText: String {
    guard let verdict else { return metric.goal == nil ? "" : "not known" }
    if let reachesAim, verdict == .met { return reachesAim ? "met, aim too" : "met, not the aim" }
    return verdict.rawValue
  }
}

/// Numbers for people.
enum Number {
  /// Three digits that count.
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return "?" }
    let size = abs(value)
    if size >= 100 { return String(Int(value.rounded())) }
    let digits = size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((size * scale).rounded())
    var fraction = String(scaled % Int(scale))
    fraction = String(repeating: "0", count: digits - fraction.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    let whole = (value < 0 ? "-" : "") + String(scaled / Int(scale))
    return fraction.isEmpty ? whole : whole + "." + fraction
  }

  static func text(_ spread: Figures.Spread) -> String {
    if spread.values.count < 2 { return text(spread.median) }
    return "\(text(spread.median)) (\(text(spread.lowest))-\(text(spread.highest)))"
  }
}
