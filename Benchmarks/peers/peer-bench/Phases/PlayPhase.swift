import Foundation
import Peers

/// Random sessions at random moments, of the store that the phase `rest` left: from the cache, and from the disk.
struct PlayPhase {
  let context: PhaseContext

  init(_ context: PhaseContext) { self.context = context }

  func run() throws -> [String: Double] {
    let sessions = try RestPhase.sessions(context)
    let byName = Dictionary(uniqueKeysWithValues: sessions.compactMap { s in s.first.map { ($0.session, s) } })
    let folder = RestPhase.folder(context)
    let check: @Sendable (Plays.Play, [[UInt8]]) throws -> Void = { play, delivered in
      try PlayCheck.check(byName[play.session] ?? [], at: play.time, delivered)
    }
    var peer = try context.peer.open(folder)
    let plays = Plays(context.options.warmPlays, of: sessions, seed: UInt64(1_000 + context.round))
    // The first time fills caches and is looked at in full.
    _ = try plays.run(on: peer, check)
    let warm = try plays.run(on: peer) { play, delivered in
      if delivered.isEmpty { throw BenchError("\(play.session.id) at \(play.time): nothing was delivered") }
    }
    try peer.close()
    var cold: [Double] = []
    var read = 0.0
    for play in Plays(context.options.coldPlays, of: sessions, seed: UInt64(2_000 + context.round)).plays {
      try Space.dropCache(folder)
      peer = try context.peer.open(folder)
      let before = try ProcessCounters.now()
      let one = Plays([play])
      let bytes = Delivered()
      cold += try one.run(on: peer) { play, delivered in
        bytes.keep(delivered)
      }
      read += try ProcessCounters.now().since(before).read
      try check(play, bytes.pieces)
      try peer.close()
    }
    return [
      "play.warm50": Quantile.median(warm), "play.warm99": Quantile.of(warm, 0.99),
      "play.cold50": Quantile.median(cold), "play.cold99": Quantile.of(cold, 0.99),
      "play.read": read / Double(max(1, cold.count)) / 1e3,
    ]
  }
}
