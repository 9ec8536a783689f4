import Foundation
import Peers

/// Clients at once, each of which waits until its batch is on the disk before it sends the next.
struct IngestPhase {
  let context: PhaseContext
  let clients: Int

  init(_ context: PhaseContext, clients: Int) {
    self.context = context
    self.clients = clients
  }

  func run() throws -> [String: Double] {
    let recordings = try context.recordings().measured
    let load = Loads.live(recordings, clients: clients, bytes: context.options.ingestBytes)
    let folder = context.store("ingest")
    try Folder.fresh(folder)
    defer { try? Folder.remove(folder) }
    let peer = try context.peer.open(folder)
    let before = try ProcessCounters.now()
    let outcome = try Clients(load).run(on: peer)
    let acknowledged = try ProcessCounters.now().since(before)
    try peer.settle()
    let settled = try ProcessCounters.now().since(before)
    try check(load, peer)
    try peer.close()
    // Once more, by what is on the disk.
    let again = try context.peer.open(folder)
    try check(load, again)
    try again.close()
    let raw = Double(outcome.rawBytes)
    return [
      "ingest\(clients).rate": raw / 1e6 / outcome.seconds,
      "ingest\(clients).batches": Double(outcome.batches) / outcome.seconds,
      "ingest\(clients).p50": Quantile.median(outcome.latencies),
      "ingest\(clients).p99": Quantile.of(outcome.latencies, 0.99),
      "ingest\(clients).cpu": acknowledged.cpu / (raw / 1e9),
      "ingest\(clients).settledcpu": settled.cpu / (raw / 1e9),
      "ingest\(clients).written": settled.written / raw,
    ]
  }

  /// What was acknowledged is there: some sessions, all of them that was sent.
  private func check(_ load: [[Batch]], _ peer: any Peer) throws {
    var random = SeededRandom(11)
    for _ in 0..<5 {
      guard let session = load.randomElement(using: &random), let ref = session.first?.session,
        let last = session.map(\.last).max()
      else { continue }
      try PlayCheck.check(session, at: last, try peer.play(ref, at: last))
    }
    try ListingCheck.check(try peer.sessions(ofDay: 0), load)
  }
}
