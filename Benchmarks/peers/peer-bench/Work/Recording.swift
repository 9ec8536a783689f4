import Peers

/// A session as it was recorded, in the order in which its batches were received.
struct Recording: Sendable {
  /// What a recorder's flush delivered, with the times of day 0 of the work.
  struct Flush: Sendable {
    var window: String
    /// Milliseconds after the session's first.
    var offset: Int64
    var first: Int64
    var last: Int64
    var events: Int
    var keyframe: Int64?
    var bytes: [UInt8]
  }

  var site: String
  var number: Int
  var flushes: [Flush]

  var name: String { "\(site)-\(number)" }
  var rawBytes: Int { flushes.reduce(0) { $0 + $1.bytes.count } }

  /// Its batches as a session of some name, received on some day.
  func batches(as id: String, day: Int) -> [Batch] {
    let session = SessionRef(day: day, id: id)
    return flushes.enumerated().map { number, flush in
      Batch(
        session: session, number: number, window: flush.window,
        received: Calendar.start(of: day) + Self.morning + flush.offset, first: flush.first, last: flush.last,
        events: flush.events, keyframe: flush.keyframe, bytes: flush.bytes)
    }
  }

  /// When a session begins in its day.
  static let morning: Int64 = 8 * 3_600_000
}

/// A folder of recordings, parted in those that stores may learn from and those that are measured.
struct Recordings: Sendable {
  /// The first 70 % of each site by number.
  var training: [Recording]
  /// The rest.
  var measured: [Recording]

  init(_ all: [Recording]) {
    training = []
    measured = []
    for (_, site) in Dictionary(grouping: all, by: \.site).sorted(by: { $0.key < $1.key }) {
      let sorted = site.sorted { $0.number < $1.number }
      let count = Int((Double(sorted.count) * 0.7).rounded(.down))
      training += sorted[..<count]
      measured += sorted[count...]
    }
  }
}
