import Peers

/// What clients send in the parts of the work.
enum Loads {
  /// So many sessions at once, each of one client, about so many bytes in all: recordings under new names, cut where
  /// they would be too much and repeated where there are too few.
  static func live(_ recordings: [Recording], clients: Int, bytes: Int) -> [[Batch]] {
    var order = recordings
    var random = SeededRandom(7)
    order.shuffle(using: &random)
    let share = bytes / clients
    return (0..<clients).map { client in
      let recording = order[client % order.count]
      var taken = 0
      return recording.batches(as: "\(recording.site)-\(100_000 + client)", day: 0).prefix { batch in
        defer { taken += batch.bytes.count }
        return taken < share
      }
    }
  }

  /// Whole sessions, up to 64 at once.
  static func whole(_ sessions: [[Batch]]) -> Clients {
    var clients = Array(repeating: [Batch](), count: min(64, sessions.count))
    for (place, session) in sessions.enumerated() { clients[place % clients.count] += session }
    return Clients(clients)
  }

  /// A session's NDJSON, as it was recorded.
  static func sample(_ recording: Recording) -> [UInt8] {
    Array(recording.flushes.map(\.bytes).joined())
  }
}
