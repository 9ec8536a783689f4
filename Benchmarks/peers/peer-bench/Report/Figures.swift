/// What was measured, by peer and metric; one value a round.
struct Figures: Sendable {
  /// A phase that did not come to its end.
  struct Failure: Sendable {
    var peer: String
    var phase: Phase
    var round: Int
    var message: String
  }

  /// The values of one metric.
  struct Spread: Sendable {
    var values: [Double]

    var median: Double { Quantile.median(values) }
    var lowest: Double { values.min() ?? .nan }
    var highest: Double { values.max() ?? .nan }
  }

  /// Stands for a peer where the machine itself is measured.
  static let machine = "machine"

  private var values: [String: [String: [Double]]] = [:]
  var failures: [Failure] = []

  mutating func add(_ figures: [String: Double], of peer: String) {
    for (metric, value) in figures { values[peer, default: [:]][metric, default: []].append(value) }
  }

  subscript(peer: String, metric: String) -> Spread? {
    values[peer]?[metric].map { Spread(values: $0) }
  }

  /// How much more of one thing more of another makes, in thousandths, by the medians.
  func slope(_ peer: String, _ more: String, _ less: String, over: String, less under: String) -> Spread? {
    guard let more = self[peer, more], let less = self[peer, less], let over = self[peer, over],
      let under = self[peer, under], over.median > under.median
    else { return nil }
    return Spread(values: [(more.median - less.median) / (over.median - under.median) * 1e3])
  }

  /// The same, computed from two metrics where both are there.
  func ratio(_ peer: String, _ metric: String, to base: String) -> Spread? {
    guard let some = self[peer, metric], let other = self[peer, base], other.median > 0 else { return nil }
    return Spread(values: some.values.map { $0 / other.median })
  }
}
