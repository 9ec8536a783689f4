import Peers

/// Whether a peer lists a day as it was, as far as it keeps what is asked for.
enum ListingCheck {
  static func check(_ listing: [SessionListing], _ sessions: [[Batch]]) throws {
    let listed = Dictionary(listing.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    guard listed.count == listing.count else { throw BenchError("a session is listed twice") }
    guard listed.count == sessions.count else {
      throw BenchError("\(listed.count) sessions of the day are listed, there are \(sessions.count)")
    }
    for session in sessions {
      guard let id = session.first?.session.id, let found = listed[id] else {
        throw BenchError("\(session.first?.session.id ?? "a session") is not listed")
      }
      func hold(_ what: String, _ value: Int64?, _ wanted: Int64?) throws {
        if let value, value != wanted {
          throw BenchError("\(id) is listed with \(value) as its \(what), which is \(wanted ?? 0)")
        }
      }
      try hold("start", found.first, session.map(\.first).min())
      try hold("end", found.last, session.map(\.last).max())
      try hold("events", found.events.map(Int64.init), Int64(session.reduce(0) { $0 + $1.events }))
      try hold("raw bytes", found.rawBytes.map(Int64.init), Int64(session.reduce(0) { $0 + $1.bytes.count }))
    }
  }
}
