import Foundation
import Peers

/// Opens a store of many tiny sessions in this fresh process, and does some of everything in it.
struct OpenPhase {
  let context: PhaseContext
  let sessions: TinySessions
  let isCold: Bool

  private static let appends = 10
  private static let erasures = 3

  init(_ context: PhaseContext, _ count: Int, isCold: Bool) {
    self.context = context
    self.isCold = isCold
    sessions = TinySessions(count: count)
  }

  func run() throws -> [String: Double] {
    let folder = FillPhase.folder(context, sessions.count)
    let prefix = "open\(sessions.count)"
    if isCold { try Space.dropCache(folder) }
    // Days 5 to 8 are only read.
    var random = SeededRandom(UInt64(4_000 + context.round))
    let readable = sessions.numbers(ofDay: 5).lowerBound..<sessions.numbers(ofDay: 8).upperBound
    let numbers = (0..<context.options.tinyPlays).map { _ in Int.random(in: readable, using: &random) }
    let plays = numbers.map { Plays.Play(session: sessions.session($0), time: sessions.end($0)) }
    // A server has its runtime's threads already.
    try Blocking.run {}
    let before = try ProcessCounters.memory().resident
    let began = Ticks.now
    let peer = try context.peer.open(folder)
    let opened = began.milliseconds
    let first = try Plays([plays[0]]).run(on: peer) { _, _ in }
    // Not before: what is read when it is needed first belongs to it.
    let memory = try ProcessCounters.memory()
    var figures = [
      "\(prefix).\(isCold ? "cold" : "warm")": opened,
      "\(prefix).first\(isCold ? "cold" : "warm")": opened + (first.first ?? 0),
    ]
    if !isCold {
      figures["\(prefix).memory"] = (memory.resident - before) / 1e6
      figures["\(prefix).highest"] = memory.highest / 1e6
      figures["\(prefix).list"] = try list(peer)
      figures["\(prefix).play"] = try play(plays, numbers, peer)
      figures["\(prefix).append"] = try append(peer)
      figures["\(prefix).erase"] = try erase(peer)
    }
    try peer.close()
    return figures
  }

  /// Microseconds for each session of a day.
  private func list(_ peer: any Peer) throws -> Double {
    let wanted = sessions.numbers(ofDay: 5).count
    var taken: [Double] = []
    for _ in 0..<3 {
      let began = Ticks.now
      let listing = try peer.sessions(ofDay: 5)
      taken.append(began.seconds * 1e6 / Double(wanted))
      guard listing.count == wanted else { throw BenchError("\(listing.count) sessions are listed of \(wanted)") }
    }
    return Quantile.median(taken)
  }

  /// Microseconds of a play, the second time.
  private func play(_ plays: [Plays.Play], _ numbers: [Int], _ peer: any Peer) throws -> Double {
    let batches = Dictionary(
      zip(plays.map(\.session), numbers.map { number in (0..<2).map { sessions.batch(number, $0) } }),
      uniquingKeysWith: { first, _ in first })
    _ = try Plays(plays).run(on: peer) { play, delivered in
      try PlayCheck.check(batches[play.session] ?? [], at: play.time, delivered)
    }
    return Quantile.median(try Plays(plays).run(on: peer) { _, _ in }) * 1e3
  }

  /// Milliseconds of one more batch of a session of the last day.
  private func append(_ peer: any Peer) throws -> Double {
    let numbers = sessions.numbers(ofDay: TinySessions.days - 1)
    var random = SeededRandom(UInt64(5_000 + context.round))
    let chosen = numbers.shuffledPrefix(Self.appends, &random)
    let clients = Clients(count: 1) { [sessions] _, turn in
      turn < chosen.count ? sessions.batch(chosen[turn], 2 + context.round) : nil
    }
    return Quantile.median(try clients.run(on: peer).latencies)
  }

  /// Milliseconds of erasing a session of day 3.
  private func erase(_ peer: any Peer) throws -> Double {
    let numbers = sessions.numbers(ofDay: 3)
    var taken: [Double] = []
    for place in 0..<Self.erasures {
      let place = context.round * Self.erasures + place
      // Spread over the day; those of another round are others.
      let number = numbers.lowerBound + place * 7919 % numbers.count
      let began = Ticks.now
      try peer.erase(sessions.session(number))
      taken.append(began.milliseconds)
      try ErasePhase.checkGone(sessions.session(number), sessions.end(number), peer)
    }
    return Quantile.median(taken)
  }
}

extension Range<Int> {
  /// Some different ones of them.
  func shuffledPrefix(_ count: Int, _ random: inout SeededRandom) -> [Int] {
    var chosen = Set<Int>()
    while chosen.count < Swift.min(count, self.count) { chosen.insert(Int.random(in: self, using: &random)) }
    return chosen.sorted()
  }
}
