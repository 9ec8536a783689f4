import Peers
import Synchronization
import Testing

@testable import peer_bench

/// How batches come to peers.
struct ClientsTests {
  /// Keeps the order in which batches were committed.
  final class NotingPeer: Peer {
    static let name = "noting"
    static let settings: [String] = []
    static let notes: [String] = []
    static let commitThreads = 1
    let committed = Mutex<[Batch]>([])

    static func open(_ folder: String) throws -> NotingPeer { NotingPeer() }
    func prepare(_ batch: Batch) throws -> PreparedBatch {
      if batch.session.id == "broken" { throw PeerError("broken") }
      return PreparedBatch(batch)
    }
    func commit(_ group: [PreparedBatch]) throws { committed.withLock { $0 += group.map(\.batch) } }
    func settle() throws {}
    func train(_ samples: [[UInt8]]) throws {}
    func play(_ session: SessionRef, at time: Int64) throws -> [[UInt8]] { [] }
    func sessions(ofDay day: Int) throws -> [SessionListing] { [] }
    func deleteDay(_ day: Int) throws {}
    func erase(_ session: SessionRef) throws {}
    func close() throws {}
  }

  private let load = (0..<50).map { client in
    (0..<client % 7).map { batch($0, [event(3, 1_000)], session: "site-\(client)", keyframe: nil) }
  }

  private func check(_ committed: [Batch], _ outcome: Clients.Outcome) {
    let bySession = Dictionary(grouping: committed, by: \.session.id)
    for session in load where !session.isEmpty {
      #expect(bySession[session[0].session.id]?.map(\.number) == session.map(\.number))
    }
    let all = load.joined()
    #expect(committed.count == all.count)
    #expect(outcome.batches == all.count)
    #expect(outcome.latencies.count == all.count)
    #expect(outcome.rawBytes == all.reduce(0) { $0 + $1.bytes.count })
  }

  @Test(.timeLimit(.minutes(1))) func groupsHoldEachBatchOnceAndInOrder() throws {
    let peer = NotingPeer()
    let outcome = try GroupedClients(Clients(load), peer).run()
    check(peer.committed.withLock { $0 }, outcome)
  }

  @Test(.timeLimit(.minutes(1))) func threadsCommitEachBatchOnceAndInOrder() throws {
    let peer = NotingPeer()
    let outcome = try ThreadedClients(Clients(load), peer, threads: 8).run()
    check(peer.committed.withLock { $0 }, outcome)
  }

  @Test(.timeLimit(.minutes(1))) func failureOfAPeerEndsTheRun() {
    let broken = [[batch(0, [event(3, 1_000)], session: "broken", keyframe: nil)]] + load
    #expect(throws: PeerError.self) { try GroupedClients(Clients(broken), NotingPeer()).run() }
    #expect(throws: PeerError.self) { try ThreadedClients(Clients(broken), NotingPeer(), threads: 8).run() }
  }
}
