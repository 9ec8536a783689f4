import Peers

/// A peer's life from its first batch to the last erasure.
enum PeerLife {
  private static let days = 3
  private static let sessionsOfDay = 24

  /// What was found, in a few words; throws what does not hold.
  static func run<P: Peer>(_ type: P.Type, in folder: String) throws -> String {
    var generator = Generator(seed: 7)
    var expected = Expected()
    for day in 0..<days {
      for number in 0..<sessionsOfDay {
        let session = SessionRef(day: day, id: "site-\(number)")
        expected.sessions[session] = generator.session(
          session, batches: 4 + number % 9, snapshot: 60_000 + number * 4_000)
      }
    }
    // The last day's sessions go on after a crash.
    var late: [SessionRef: [Batch]] = [:]
    for session in expected.ofDay(days - 1) {
      late[session] = expected.sessions[session]?.suffix(2)
      expected.sessions[session]?.removeLast(2)
    }
    try fill(type, folder, expected)
    try reopen(type, folder, &expected, late: late)
    let day = try deleteDay(type, folder, &expected)
    let session = try erase(type, folder, &expected)
    return "day: \(day); session: \(session)"
  }

  private static func all(_ expected: Expected) -> [SessionRef] {
    expected.sessions.keys.sorted { ($0.day, $0.id) < ($1.day, $1.id) }
  }

  private static func checkAll(_ peer: some Peer, _ expected: Expected) throws {
    try expected.checkPlays(of: peer, sessions: all(expected))
    for day in 0..<days { try expected.checkListing(of: peer, day: day) }
  }

  /// Day 0, from which a dictionary is made, then the others, not settled.
  private static func fill<P: Peer>(_ type: P.Type, _ folder: String, _ expected: Expected) throws {
    let peer = try P.open(folder)
    try check(try peer.sessions(ofDay: 0).isEmpty, "an empty store lists sessions")
    for day in 0..<days {
      let sessions = expected.ofDay(day).map { expected.sessions[$0] ?? [] }
      try Expected.commit(sessions, to: peer)
      if day == 0 {
        try peer.settle()
        try peer.train(sessions.map { $0.flatMap(\.bytes) })
      }
    }
    try checkAll(peer, expected)
    try peer.close()
  }

  /// All is there after opening, and sessions go on where a crash within a write left bytes behind the ends of files.
  private static func reopen<P: Peer>(
    _ type: P.Type, _ folder: String, _ expected: inout Expected, late: [SessionRef: [Batch]]
  ) throws {
    var peer = try P.open(folder)
    try checkAll(peer, expected)
    try peer.settle()
    try checkAll(peer, expected)
    try peer.close()
    let torn = try DiskUse.tear(folder, suffixes: [".blocks", ".ndjson.gz"])
    if type == GzipFilesPeer.self || type == SnappyObjectsPeer.self { try check(torn > 0, "no file was torn") }
    peer = try P.open(folder)
    try Expected.commit(Array(late.values), to: peer)
    expected.sessions.merge(late) { $0 + $1 }
    try checkAll(peer, expected)
    try peer.settle()
    try peer.close()
  }

  private static func deleteDay<P: Peer>(_ type: P.Type, _ folder: String, _ expected: inout Expected) throws -> String
  {
    let gone = expected.ofDay(1)
    let share = gone.reduce(0) { $0 + raw($1, expected) }
    let total = expected.sessions.values.joined().reduce(0) { $0 + $1.bytes.count }
    var peer = try P.open(folder)
    let before = DiskUse.allocated(folder)
    try peer.deleteDay(1)
    let after = DiskUse.allocated(folder)
    for session in gone { expected.sessions[session] = nil }
    // Sessions compress alike; dictionaries and files of fixed size may hide three tenths of what is given back.
    let least = Int(0.7 * Double(before) * Double(share) / Double(total))
    try check(before - after >= least, "deleting a day gives back \(before - after) of \(before) bytes, not \(least)")
    for _ in 0..<2 {
      try Expected.checkGone(gone, from: peer, at: .max)
      try checkAll(peer, expected)
      try peer.close()
      peer = try P.open(folder)
    }
    try peer.close()
    return "\(before - after) of \(before) bytes given back"
  }

  private static func erase<P: Peer>(_ type: P.Type, _ folder: String, _ expected: inout Expected) throws -> String {
    // The one that takes the most.
    guard let session = expected.ofDay(0).max(by: { raw($0, expected) < raw($1, expected) }) else { return "" }
    let share = raw(session, expected)
    let total = expected.sessions.values.joined().reduce(0) { $0 + $1.bytes.count }
    var peer = try P.open(folder)
    let before = DiskUse.allocated(folder)
    try peer.erase(session)
    let after = DiskUse.allocated(folder)
    expected.sessions[session] = nil
    let least = Int(0.5 * Double(before) * Double(share) / Double(total))
    try check(
      before - after >= least, "erasing a session gives back \(before - after) of \(before) bytes, not \(least)")
    // Erasing what is not there does nothing.
    try peer.erase(session)
    for _ in 0..<2 {
      try Expected.checkGone([session], from: peer, at: .max)
      try checkAll(peer, expected)
      try peer.close()
      peer = try P.open(folder)
    }
    try peer.close()
    return "\(before - after) of \(before) bytes given back"
  }

  private static func raw(_ session: SessionRef, _ expected: Expected) -> Int {
    (expected.sessions[session] ?? []).reduce(0) { $0 + $1.bytes.count }
  }
}
