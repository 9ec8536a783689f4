import Foundation
import Peers

/// Clients that send batches at once, each waiting for the acknowledgement of one before it sends the next.
struct Clients: Sendable {
  /// What they came to.
  struct Outcome: Sendable {
    var seconds = 0.0
    var batches = 0
    var rawBytes = 0
    /// From sending a batch to its acknowledgement, milliseconds.
    var latencies: [Double] = []
  }

  var count: Int
  /// The batch that a client sends at its turn, from 0; nil where it has none left.
  var batch: @Sendable (_ client: Int, _ turn: Int) -> Batch?

  /// Each client sends these.
  init(_ batches: [[Batch]]) {
    count = batches.count
    batch = { client, turn in turn < batches[client].count ? batches[client][turn] : nil }
  }

  init(count: Int, batch: @escaping @Sendable (Int, Int) -> Batch?) {
    self.count = count
    self.batch = batch
  }

  /// Blocks until all that they send is acknowledged.
  func run(on peer: any Peer) throws -> Outcome {
    if let peer = peer as? any ConcurrentPeer { return try Blocking.run { try await runTasks(peer) } }
    let committing = type(of: peer).commitThreads
    return committing > 1
      ? try ThreadedClients(self, peer, threads: committing).run() : try GroupedClients(self, peer).run()
  }

  /// A task each.
  private func runTasks(_ peer: any ConcurrentPeer) async throws -> Outcome {
    let began = Ticks.now
    var outcome = try await withThrowingTaskGroup(of: Outcome.self) { tasks in
      for client in 0..<count {
        tasks.addTask {
          var own = Outcome()
          while let batch = batch(client, own.batches) {
            let sent = Ticks.now
            try await peer.append(batch)
            own.add(batch, sent)
          }
          return own
        }
      }
      var all = Outcome()
      for try await own in tasks { all.add(own) }
      return all
    }
    outcome.seconds = began.seconds
    return outcome
  }
}

extension Clients.Outcome {
  mutating func add(_ batch: Batch, _ sent: Ticks) {
    batches += 1
    rawBytes += batch.bytes.count
    latencies.append(sent.milliseconds)
  }

  mutating func add(_ other: Clients.Outcome) {
    batches += other.batches
    rawBytes += other.rawBytes
    latencies += other.latencies
  }
}

/// Threads for what blocks.
enum Threads {
  static func start(_ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.stackSize = 4 << 20
    thread.start()
  }
}
