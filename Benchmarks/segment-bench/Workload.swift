/// Sessions that append at the same time, each one batch after the other.
struct Workload {
  /// Batches of each session.
  var sessions: [[RecordedBatch]]

  var batches: Int { sessions.reduce(0) { $0 + $1.count } }
  var bytes: Int { sessions.reduce(0) { $0 + $1.reduce(0) { $0 + $1.bytes.count } } }

  /// `count` sessions out of the recordings, about `target` bytes in all: recordings are repeated where there are too few,
  /// strung together where one alone is too short, and cut where it would be too much.
  init(_ recordings: [Recording], sessions count: Int, target: Int) {
    var order = recordings
    var random = Seeded(7)
    order.shuffle(using: &random)
    sessions = []
    var next = 0
    for _ in 0..<count {
      var session: [RecordedBatch] = []
      var bytes = 0
      repeat {
        for batch in order[next % order.count].batches where bytes < target / count {
          session.append(batch)
          bytes += batch.bytes.count
        }
        next += 1
      } while bytes < target / count
      sessions.append(session)
    }
  }

  /// All batches in the order in which they come when the sessions take turns.
  var interleaved: [[UInt8]] {
    var all: [[UInt8]] = []
    for turn in 0..<(sessions.map(\.count).max() ?? 0) {
      for session in sessions where turn < session.count { all.append(session[turn].bytes) }
    }
    return all
  }
}
