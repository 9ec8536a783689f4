import Foundation
import SegmentFiles

/// Two processes of one disk of which one runs at a time, so that what they do meets in the same order in every run.
///
/// The first runs until it is about to begin one of its operations; there the second does all of its work, or as much as
/// it can before it has to wait for a lock that the first has; then the first goes on to its end, and the second after it.
/// Who begins to wait for a lock hands over. Two that wait for each other get `EDEADLK`.
struct SimulatedTurns: Sendable {
  let first: Int
  let second: Int
  /// The operation of the first at which the second begins, by the first's own count.
  let pause: Int
  /// Whether the first is killed there.
  let killsFirst: Bool
  /// The operation of the second at which it is killed, by its own count.
  let secondEnds: Int?

  var running: Int
  var counts: [Int: Int] = [:]
  /// What each waits for: the node of a lock file.
  var waiting: [Int: Int] = [:]
  var ended: Set<Int> = []
  var hasPaused = false

  init(first: Int, second: Int, pause: Int, killsFirst: Bool, secondEnds: Int?) {
    self.first = first
    self.second = second
    self.pause = pause
    self.killsFirst = killsFirst
    self.secondEnds = secondEnds
    running = first
  }

  func other(than process: Int) -> Int { process == first ? second : first }

  /// Whether it is this process's turn.
  func admits(_ process: Int) -> Bool { process == running || (process != first && process != second) }

  mutating func handOver(from process: Int) {
    let next = other(than: process)
    if !ended.contains(next) { running = next }
  }
}

extension DiskState {
  /// A process is about to do something. True where it has to look whether it is its turn.
  mutating func arrive(_ operation: FileError.Operation, process: Int) -> Bool {
    guard var turns, process == turns.first || process == turns.second else { return false }
    guard operation.isMutating || settings.countsReads else { return true }
    let count = turns.counts[process, default: 0]
    turns.counts[process] = count + 1
    var killed = false
    if process == turns.first, count == turns.pause, !turns.hasPaused {
      turns.hasPaused = true
      killed = turns.killsFirst
      turns.handOver(from: process)
    } else if process == turns.second, count == turns.secondEnds {
      killed = true
      turns.handOver(from: process)
    }
    self.turns = turns
    if killed { kill(process) }
    return true
  }

  func isHeldUp(_ process: Int) -> Bool {
    guard let turns else { return false }
    return !turns.admits(process) && !isCrashed && !killedProcesses.contains(process)
  }

  /// A process begins to wait for a lock. False where the other waits for one that this one has.
  mutating func beginWaiting(_ process: Int, _ node: Int) -> Bool {
    guard var turns, process == turns.first || process == turns.second else { return true }
    if let wanted = turns.waiting[turns.other(than: process)], holds[wanted] != nil { return false }
    turns.waiting[process] = node
    turns.handOver(from: process)
    self.turns = turns
    return true
  }
}

extension SimulatedDisk {
  /// What became of two processes that took turns.
  package struct Meeting<First: Sendable, Second: Sendable>: Sendable {
    package var first: First
    package var second: Second
    /// Whether the first had an operation of that number, so that the second came between.
    package var didMeet: Bool
  }

  /// Has two processes work by turns: the second comes in where the first is about to begin its operation number
  /// `pause`, counted from 0 from here on, and works until it is done or waits for a lock that the first has. With
  /// `killsFirst` the first is killed there; the second is killed at its operation `secondEnds`.
  ///
  /// The first works on the calling thread, the second on one of its own; never both at once.
  package func meet<First: Sendable, Second: Sendable>(
    _ first: SimulatedFileSystem, pausingAt pause: Int, killsFirst: Bool = false, secondEnds: Int? = nil,
    _ work: () -> First, and second: SimulatedFileSystem, _ other: @escaping @Sendable () -> Second
  ) -> Meeting<First, Second> {
    let (a, b) = (first.process, second.process)
    state.withLock {
      $0.turns = SimulatedTurns(first: a, second: b, pause: pause, killsFirst: killsFirst, secondEnds: secondEnds)
    }
    let done = Monitor<Second?>(nil)
    let thread = Thread { [self] in
      state.wait(while: { $0.isHeldUp(b) }, then: { _ in })
      let result = other()
      end(b)
      done.withLock { $0 = result }
      done.broadcast()
    }
    thread.stackSize = 8 << 20
    thread.start()
    let result = work()
    end(a)
    let found = done.wait(while: { $0 == nil }, then: { $0 })
    let didMeet = state.withLock { state in
      defer { state.turns = nil }
      return state.turns?.hasPaused ?? false
    }
    guard let found else { preconditionFailure("waited for it") }
    return Meeting(first: result, second: found, didMeet: didMeet)
  }

  private func end(_ process: Int) {
    state.withLock {
      $0.turns?.ended.insert(process)
      $0.turns?.waiting[process] = nil
      $0.turns?.handOver(from: process)
    }
    state.broadcast()
  }
}
