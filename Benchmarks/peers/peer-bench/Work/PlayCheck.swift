import CPeerShims
import Foundation
import Peers

/// Whether what a peer delivers for a moment is what a player needs: the last FullSnapshot at or before it and all
/// events from there up to the moment, byte for byte, in the order in which they came or in the order of their times.
enum PlayCheck {
  private struct Expected {
    var place: Int
    var time: Int64
  }

  static func check(_ batches: [Batch], at time: Int64, _ delivered: [[UInt8]]) throws {
    let session = batches.first?.session.id ?? ""
    let wanted = expected(batches, at: time)
    // By checksum and length; lines of one key are compared byte by byte. The first of equal ones is taken first.
    var lines: [UInt64: [(line: ArraySlice<UInt8>, expected: Expected)]] = [:]
    for (line, expected) in wanted.reversed() { lines[key(line), default: []].append((line, expected)) }
    var found: [Expected] = []
    for piece in delivered {
      guard piece.isEmpty || piece.last == 0x0A else {
        throw BenchError("\(session) at \(time): a piece that was delivered ends within a line")
      }
      for line in Lines.split(piece) {
        let key = key(line)
        guard let place = lines[key]?.lastIndex(where: { isSame($0.line, line) }) else { continue }
        if let taken = lines[key]?.remove(at: place) { found.append(taken.expected) }
      }
    }
    guard found.count == wanted.count else {
      throw BenchError("\(session) at \(time): \(wanted.count - found.count) of \(wanted.count) events are missing")
    }
    let pairs = zip(found, found.dropFirst())
    guard pairs.allSatisfy({ $0.place < $1.place }) || pairs.allSatisfy({ ($0.time, $0.place) <= ($1.time, $1.place) })
    else { throw BenchError("\(session) at \(time): events are not in order") }
  }

  private static func key(_ line: ArraySlice<UInt8>) -> UInt64 {
    unsafe line.withUnsafeBytes {
      unsafe UInt64(peer_crc32c_thirds($0.baseAddress, $0.count)) << 32 | UInt64($0.count & 0xFFFF_FFFF)
    }
  }

  private static func isSame(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Bool {
    unsafe a.withUnsafeBytes { a in
      unsafe b.withUnsafeBytes { b in
        guard a.count == b.count, let first = a.baseAddress, let second = b.baseAddress else {
          return a.count == b.count
        }
        return unsafe memcmp(first, second, a.count) == 0
      }
    }
  }

  private static func expected(_ batches: [Batch], at time: Int64) -> [(ArraySlice<UInt8>, Expected)] {
    var events: [(line: ArraySlice<UInt8>, time: Int64, isKeyframe: Bool)] = []
    for batch in batches {
      for event in Lines.events(of: batch.bytes) {
        let end = batch.bytes[event.range.upperBound - 1] == 0x0A ? event.range.upperBound - 1 : event.range.upperBound
        guard let moment = event.time, end > event.range.lowerBound else { continue }
        events.append((batch.bytes[event.range.lowerBound..<end], moment, event.isKeyframe))
      }
    }
    let start = events.filter { $0.isKeyframe && $0.time <= time }.map(\.time).max() ?? .min
    return events.enumerated().filter { $0.element.time >= start && $0.element.time <= time }
      .map { ($0.element.line, Expected(place: $0.offset, time: $0.element.time)) }
  }
}

/// Plays of sessions at moments.
struct Plays: Sendable {
  struct Play: Sendable {
    var session: SessionRef
    var time: Int64
  }

  var plays: [Play]

  /// So many random ones.
  init(_ count: Int, of sessions: [[Batch]], seed: UInt64) {
    var random = SeededRandom(seed)
    plays = (0..<count).compactMap { _ in
      guard let session = sessions.randomElement(using: &random), let ref = session.first?.session,
        let first = session.map(\.first).min(), let last = session.map(\.last).max()
      else { return nil }
      return Play(session: ref, time: Int64.random(in: first...last, using: &random))
    }
  }

  init(_ plays: [Play]) { self.plays = plays }

  /// Plays them one after the other; milliseconds of each. What was delivered is looked at between them.
  func run(on peer: any Peer, _ look: @escaping @Sendable (Play, [[UInt8]]) throws -> Void) throws -> [Double] {
    if let peer = peer as? any ConcurrentPeer {
      return try Blocking.run {
        var taken: [Double] = []
        for play in plays {
          let began = Ticks.now
          let delivered = try await peer.events(of: play.session, at: play.time)
          taken.append(began.milliseconds)
          try look(play, delivered)
        }
        return taken
      }
    }
    return try plays.map { play in
      let began = Ticks.now
      let delivered = try peer.play(play.session, at: play.time)
      let taken = began.milliseconds
      try look(play, delivered)
      return taken
    }
  }
}
