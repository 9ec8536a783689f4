import Dispatch
import Peers
import Synchronization

/// What a check found wrong.
struct CheckFailure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

func check(_ holds: Bool, _ what: @autoclosure () -> String) throws {
  if !holds { throw CheckFailure(what()) }
}

/// Sessions that a peer should hold, and what is asked of it about them.
struct Expected {
  /// By session, in order.
  var sessions: [SessionRef: [Batch]] = [:]

  func ofDay(_ day: Int) -> [SessionRef] { sessions.keys.filter { $0.day == day }.sorted { $0.id < $1.id } }

  /// Commits them as clients do, each its session's batches one after the other, all sessions at once.
  static func commit(_ sessions: [[Batch]], to peer: some Peer) throws {
    for number in 0..<(sessions.map(\.count).max() ?? 0) {
      let group = try sessions.compactMap { $0.count > number ? try peer.prepare($0[number]) : nil }
      guard type(of: peer).commitThreads > 1 else {
        try peer.commit(group)
        continue
      }
      let failures = Mutex<[any Error]>([])
      DispatchQueue.concurrentPerform(iterations: group.count) { place in
        do { try peer.commit([group[place]]) } catch { failures.withLock { $0.append(error) } }
      }
      if let failure = failures.withLock({ $0.first }) { throw failure }
    }
  }

  /// Every batch is delivered by some play, every play delivers what it must, and nothing that is not the session's.
  func checkPlays(of peer: some Peer, sessions chosen: [SessionRef]) throws {
    for session in chosen {
      let batches = sessions[session] ?? []
      var seen: Set<Int> = []
      for batch in batches {
        for time in [batch.first, (batch.first + batch.last) / 2, batch.last] {
          seen.formUnion(try checkPlay(of: peer, session, batches, at: time))
        }
      }
      try check(seen.count == batches.count, "\(session.id): \(batches.count - seen.count) batches are in no play")
    }
  }

  /// Numbers of the batches that were delivered.
  private func checkPlay(of peer: some Peer, _ session: SessionRef, _ batches: [Batch], at time: Int64) throws -> [Int]
  {
    let keyframe = batches.compactMap(\.keyframe).filter { $0 <= time }.max() ?? .min
    let needed = batches.filter { $0.first <= time && $0.last >= keyframe }.map(\.number)
    let pieces = try peer.play(session, at: time)
    let delivered = try pieces.map { piece in
      guard let batch = batches.first(where: { $0.bytes == piece }) else {
        throw CheckFailure("\(session.id) at \(time): a piece of \(piece.count) bytes is none of its batches")
      }
      return batch.number
    }
    try check(delivered == delivered.sorted(), "\(session.id) at \(time): batches are out of order: \(delivered)")
    try check(
      Set(delivered).isSuperset(of: needed), "\(session.id) at \(time): needs batches \(needed), got \(delivered)")
    return delivered
  }

  func checkListing(of peer: some Peer, day: Int) throws {
    let listed = try peer.sessions(ofDay: day).sorted { $0.id < $1.id }
    let wanted = ofDay(day)
    try check(listed.map(\.id) == wanted.map(\.id), "day \(day) lists \(listed.map(\.id)), not \(wanted.map(\.id))")
    for (row, session) in zip(listed, wanted) {
      let batches = sessions[session] ?? []
      let right: [(String, Int?, Int?)] = [
        ("first", row.first.map { Int($0) }, batches.map { Int($0.first) }.min()),
        ("last", row.last.map { Int($0) }, batches.map { Int($0.last) }.max()),
        ("events", row.events, batches.reduce(0) { $0 + $1.events }),
        ("rawBytes", row.rawBytes, batches.reduce(0) { $0 + $1.bytes.count }),
      ]
      for (what, found, wanted) in right where found != nil {
        try check(found == wanted, "\(session.id): \(what) is \(found ?? 0), not \(wanted ?? 0)")
      }
    }
  }

  /// What was let go can no more be read.
  static func checkGone(_ sessions: [SessionRef], from peer: some Peer, at time: Int64) throws {
    for session in sessions {
      let pieces = (try? peer.play(session, at: time)) ?? []
      try check(pieces.isEmpty, "\(session.id) was let go and still plays \(pieces.count) pieces")
    }
  }
}
