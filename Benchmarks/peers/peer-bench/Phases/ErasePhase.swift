import Foundation
import Peers

/// Erases sessions one by one, in a copy of the store that the phase `rest` left.
struct ErasePhase {
  let context: PhaseContext

  init(_ context: PhaseContext) { self.context = context }

  func run() throws -> [String: Double] {
    var random = SeededRandom(UInt64(3_000 + context.round))
    let sessions = try RestPhase.sessions(context)
    let folder = context.store("erase")
    try Folder.copy(RestPhase.folder(context), to: folder)
    defer { try? Folder.remove(folder) }
    let peer = try context.peer.open(folder)
    sync()
    var taken: [Double] = []
    var written = 0.0
    var gone = Set<String>()
    let targets = sessions.shuffled(using: &random).prefix(min(context.options.erasures, sessions.count - 1))
    for session in targets {
      guard let ref = session.first?.session else { continue }
      let before = try ProcessCounters.now()
      let began = Ticks.now
      try peer.erase(ref)
      taken.append(began.milliseconds)
      written += try ProcessCounters.now().since(before).written
      try Self.checkGone(ref, session.map(\.last).max() ?? 0, peer)
      gone.insert(ref.id)
    }
    let left = sessions.filter { !gone.contains($0.first?.session.id ?? "") }
    try ListingCheck.check(try peer.sessions(ofDay: RestPhase.day), left)
    for session in left.prefix(3) {
      if let ref = session.first?.session, let last = session.map(\.last).max() {
        try PlayCheck.check(session, at: last, try peer.play(ref, at: last))
      }
    }
    try peer.close()
    return [
      "erase.time": Quantile.median(taken), "erase.written": written / Double(max(1, taken.count)) / 1e3,
    ]
  }

  /// Nothing of it may be delivered: an error is as good as nothing.
  static func checkGone(_ session: SessionRef, _ time: Int64, _ peer: any Peer) throws {
    let delivered = (try? peer.play(session, at: time)) ?? []
    if delivered.contains(where: { !$0.isEmpty }) {
      throw BenchError("\(session.id) is delivered though it was erased")
    }
  }
}
