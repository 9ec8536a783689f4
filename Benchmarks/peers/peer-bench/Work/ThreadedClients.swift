import Foundation
import Peers
import Synchronization

/// Clients of a peer that commits each batch by itself: a number of threads take turns with them.
final class ThreadedClients: Sendable {
  private struct State {
    var sending: [Int] = []
    var head = 0
    var turns: [Int]
    var sent: [Ticks]
    var outcome = Clients.Outcome()
    var failure: (any Error)?
    var isOver: Bool { head == sending.count || failure != nil }
  }

  private let clients: Clients
  private let peer: any Peer
  private let threads: Int
  private let state: Mutex<State>

  init(_ clients: Clients, _ peer: any Peer, threads: Int) {
    self.clients = clients
    self.peer = peer
    self.threads = min(threads, clients.count)
    state = Mutex(
      State(
        sending: Array(0..<clients.count), turns: Array(repeating: 0, count: clients.count),
        sent: Array(repeating: Ticks.now, count: clients.count)))
  }

  /// Blocks until all is acknowledged. A thread ends when no client waits for one: each that is served goes on with its
  /// own thread, so there are never more clients waiting than threads are busy.
  func run() throws -> Clients.Outcome {
    let began = Ticks.now
    state.withLock { state in for client in 0..<clients.count { state.sent[client] = began } }
    let group = DispatchGroup()
    for _ in 0..<threads {
      group.enter()
      Threads.start {
        self.serve()
        group.leave()
      }
    }
    group.wait()
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      state.outcome.seconds = began.seconds
      return state.outcome
    }
  }

  private func serve() {
    while let (client, turn) = next() {
      guard let batch = clients.batch(client, turn) else { continue }
      do { try peer.commit([try peer.prepare(batch)]) } catch {
        state.withLock { state in state.failure = state.failure ?? error }
        return
      }
      state.withLock { state in
        state.outcome.add(batch, state.sent[client])
        state.turns[client] += 1
        state.sent[client] = Ticks.now
        state.sending.append(client)
      }
    }
  }

  private func next() -> (client: Int, turn: Int)? {
    state.withLock { state in
      if state.isOver { return nil }
      let client = state.sending[state.head]
      state.head += 1
      return (client, state.turns[client])
    }
  }
}
