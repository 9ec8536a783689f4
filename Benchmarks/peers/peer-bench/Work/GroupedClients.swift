import Foundation
import Peers

/// Clients of a peer whose batches are grouped for it: two threads prepare what clients send, a third takes all that is
/// prepared and commits it at once. There is no thread for each client, which would be a burden to the peer.
final class GroupedClients: @unchecked Sendable {
  private struct Waiting {
    var client: Int
    var batch: PreparedBatch
  }

  /// Bytes of one group, about, as the engine's own groups have: who waits longer waits for the disk as long.
  private static let groupBytes = 32 << 20
  private static let preparing = 2

  private let clients: Clients
  private let peer: any Peer
  // Sendable, since all that changes is only touched with this condition locked.
  private let monitor = NSCondition()
  /// Clients that send, in order; `head` is the first.
  private var sending: [Int] = []
  private var head = 0
  private var waiting: [Waiting] = []
  private var sent: [Ticks]
  private var turns: [Int]
  /// Clients that have something left, or wait for an acknowledgement.
  private var left: Int
  private var threads = GroupedClients.preparing
  private var failure: (any Error)?
  private var outcome = Clients.Outcome()

  init(_ clients: Clients, _ peer: any Peer) {
    self.clients = clients
    self.peer = peer
    sending = Array(0..<clients.count)
    turns = Array(repeating: 0, count: clients.count)
    sent = Array(repeating: Ticks.now, count: clients.count)
    left = clients.count
  }

  /// Blocks until all is acknowledged.
  func run() throws -> Clients.Outcome {
    let began = Ticks.now
    for client in 0..<clients.count { sent[client] = began }
    for _ in 0..<Self.preparing { Threads.start { self.prepareAll() } }
    commitAll()
    monitor.lock()
    while threads > 0 { monitor.wait() }
    defer { monitor.unlock() }
    if let failure { throw failure }
    outcome.seconds = began.seconds
    return outcome
  }

  private func prepareAll() {
    monitor.lock()
    while true {
      while head == sending.count, left > 0, failure == nil { monitor.wait() }
      if left == 0 || failure != nil { break }
      let client = sending[head]
      head += 1
      if head == sending.count {
        sending.removeAll(keepingCapacity: true)
        head = 0
      }
      let turn = turns[client]
      monitor.unlock()
      var prepared: PreparedBatch?
      var failed: (any Error)?
      do { prepared = try clients.batch(client, turn).map(peer.prepare) } catch { failed = error }
      monitor.lock()
      if let failed { failure = failure ?? failed }
      if let prepared {
        waiting.append(Waiting(client: client, batch: prepared))
        if waiting.count == 1 { monitor.broadcast() }
      } else {
        left -= 1
        monitor.broadcast()
      }
    }
    threads -= 1
    monitor.broadcast()
    monitor.unlock()
  }

  private func commitAll() {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      while waiting.isEmpty, left > 0, failure == nil { monitor.wait() }
      if left == 0 || failure != nil { return }
      let group = take()
      monitor.unlock()
      var failed: (any Error)?
      do { try peer.commit(group.map(\.batch)) } catch { failed = error }
      monitor.lock()
      if let failed {
        failure = failure ?? failed
        monitor.broadcast()
        return
      }
      let now = Ticks.now
      for one in group {
        outcome.add(one.batch.batch, sent[one.client])
        turns[one.client] += 1
        sent[one.client] = now
        sending.append(one.client)
      }
      monitor.broadcast()
    }
  }

  private func take() -> [Waiting] {
    var bytes = 0
    var count = 0
    while count < waiting.count, count == 0 || bytes + waiting[count].batch.batch.bytes.count <= Self.groupBytes {
      bytes += waiting[count].batch.batch.bytes.count
      count += 1
    }
    let group = Array(waiting[..<count])
    waiting.removeFirst(count)
    return group
  }
}
