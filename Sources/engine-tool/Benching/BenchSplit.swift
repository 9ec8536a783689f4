/// Which sessions dictionaries are made of, and which the methods are measured on: never the same.
struct BenchSplit: Sendable, Equatable {
  var training: [BenchSession]
  var measured: [BenchSession]

  /// Sorts by name and gives the first `share` to training, of which only the first `limit` are used. At least one
  /// session is measured; with fewer than two sessions there is nothing to train on.
  init(_ sessions: [BenchSession], share: Double, limit: Int?) {
    let sorted = sessions.sorted { ($0.name, $0.path) < ($1.name, $1.path) }
    let wanted = share == 0 ? 0 : max(1, Int((Double(sorted.count) * share).rounded(.down)))
    let count = min(wanted, max(0, sorted.count - 1))
    training = Array(sorted[..<count].prefix(limit ?? count))
    measured = Array(sorted[count...])
  }
}
