/// Which sequence, epoch and window each event of a chunk has, as runs: most chunks are one or a few.
struct EventRuns: Sendable {
  struct Run: Sendable {
    /// Sequence of the first event; those that follow count up from it.
    var sequence: UInt64
    var count: Int
    var epoch: UInt64
    var window: String
  }

  private(set) var runs: [Run] = []
  private(set) var count = 0

  mutating func append(sequence: UInt64, count more: Int, epoch: UInt64, window: String) {
    guard more > 0 else { return }
    count += more
    if let last = runs.indices.last, runs[last].sequence + UInt64(runs[last].count) == sequence,
      runs[last].epoch == epoch, NameBytes.same(runs[last].window, window)
    {
      runs[last].count += more
    } else {
      runs.append(Run(sequence: sequence, count: more, epoch: epoch, window: window))
    }
  }

  func forEach(_ body: (_ sequence: UInt64, _ epoch: UInt64, _ window: String) -> Void) {
    for run in runs {
      for step in 0..<run.count { body(run.sequence + UInt64(step), run.epoch, run.window) }
    }
  }

  /// The window of an event.
  func window(of sequence: UInt64) -> String {
    for run in runs where sequence < run.sequence + UInt64(run.count) { return run.window }
    return ""
  }

  var last: Cursor? {
    runs.last.map { Cursor(epoch: $0.epoch, sequence: $0.sequence + UInt64($0.count) - 1) }
  }
}
