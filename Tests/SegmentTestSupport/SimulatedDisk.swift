import SegmentFiles

/// A disk in memory on which several simulated processes work, and which can lose its power.
///
/// What it promises is what POSIX promises, and no more:
///
/// - A write is split at sectors of 512 bytes. Until `syncData` of its file has succeeded, a loss of power may
///   keep it, drop it, garble it (random bytes in whole sectors, whatever else they held), or tear it: a prefix is
///   kept, up to a boundary of 512 or 4,096 bytes. A sector is kept as it was at some moment: its later changes are
///   never there without the earlier ones.
/// - A size is metadata. Unsynced growth is lost or kept, whatever becomes of the data: what was not kept reads as
///   zeros. Sizes reach the disk in their order. `truncate` and `punchHole` are kept or lost as writes are.
/// - `syncData` makes content and size durable, but not the file's name. Names that were made, linked, moved or
///   removed, directories included, are durable after `syncDirectory` of the directory that holds them.
/// - Of unsynced changes of names a loss of power keeps none, all, in each directory those up to some point, or any
///   selection in which changes of one name, and of one file within a directory, keep their order. A rename is one
///   step: the old state or the new one. Directories are independent of each other, save for a rename between two.
/// - A file without a durable name is gone, as is all in a directory without one.
/// - Before any operation the system may write back pages or names of itself (`writeBack(seed:)`): what was not synced is
///   durable then, in an order of the system's own.
/// - A sync of data that fails may lose what was dirty although a later one succeeds. The sync of a directory that fails
///   loses nothing that a later one could not make durable.
/// - A killed process loses its locks and open files; the page cache, and so all it wrote, survives it.
///
/// Operations that change anything have numbers from 0 on, in the order they are called. Nothing here depends on
/// time or on hashes of the run: the same calls with the same seeds give the same disks.
///
/// Safe for several threads, one call at a time. Files are limited to 1 GiB.
package final class SimulatedDisk: Sendable {
  /// What every call of a killed process throws; no system has this number.
  package static let processKilled: Int32 = 10_001

  let state: Monitor<DiskState>

  /// An empty disk with nothing but `/`. The seed decides what faults do.
  package convenience init(seed: UInt64) {
    self.init(DiskState(seed: seed))
  }

  init(_ state: DiskState) {
    self.state = Monitor(state)
  }

  /// A further process that uses the disk.
  package func process() -> SimulatedFileSystem {
    let number = state.withLock { state in
      defer { state.nextProcess += 1 }
      return state.nextProcess
    }
    return SimulatedFileSystem(disk: self, process: number)
  }

  /// The disk that is found after the power went now, with all on it durable, nothing open and nothing locked. This
  /// disk stays as it is, so that one life can end in each way. Settings are taken over, faults are not.
  package func powerLoss(_ fate: Fate, seed: UInt64) -> SimulatedDisk {
    SimulatedDisk(state.withLock { $0.afterPowerLoss(fate, seed: seed) })
  }

  /// A disk with the same files and names, of which the same are unsynced. Processes, open files, locks, faults,
  /// log and crash point stay behind; the number of operations goes on. Copies no content before it is written.
  package func clone() -> SimulatedDisk {
    SimulatedDisk(state.withLock { $0.cloned() })
  }

  // MARK: - Operations

  /// How many operations there were, which is the number of the next one. Counted are create, write, syncData,
  /// syncDirectory, link, rename, unlink, truncate, punchHole and createDirectory, also when they fail.
  package var operationCount: Int { state.withLock { $0.operationCount } }

  /// Whether open, read, facts, list, lock and volume count too.
  package var countsReads: Bool {
    get { state.withLock { $0.settings.countsReads } }
    set { state.withLock { $0.settings.countsReads = newValue } }
  }

  /// The number of the operation at which the power goes. That operation may be done in part, as fate decides;
  /// it and every later one throw `EIO`, whichever process calls. A sync it hits has made nothing durable.
  package var crashPoint: Int? {
    get { state.withLock { $0.crashPoint } }
    set { state.withLock { $0.crashPoint = newValue } }
  }

  /// Whether the crash point was reached.
  package var isCrashed: Bool { state.withLock { $0.isCrashed } }

  /// Whether operations that have a number are written down.
  package var isLogging: Bool {
    get { state.withLock { $0.isLogging } }
    set { state.withLock { $0.isLogging = newValue } }
  }

  /// What was written down, a line an operation: `write /a 4096+512` (offset and count), `sync /a`,
  /// `rename /a -> /b`, `syncDirectory /`.
  package var log: [String] { state.withLock { $0.log } }

  // MARK: - Faults

  /// Plans a fault. The first planned one that befalls an operation counts.
  package func inject(_ fault: Fault) {
    state.withLock { $0.faults.append(fault) }
  }

  /// Forgets all faults that have not happened, and those that last.
  package func removeFaults() {
    state.withLock { $0.faults.removeAll() }
  }

  /// Where the system's own write-back begins: from here on pages and names that nobody synced become durable now and
  /// then, as the seed decides. Nil: none do.
  package func writeBack(seed: UInt64?) {
    state.withLock { $0.writeBack = seed.map { SplitMix64(seed: $0) } }
  }

  /// Bytes that files can take, in whole pages of 4,096; holes take none. Beyond it writes, after the part that
  /// still fits, and new files throw `ENOSPC`. Nil: no limit.
  package var capacity: UInt64? {
    get { state.withLock { $0.settings.capacity } }
    set { state.withLock { $0.settings.capacity = newValue } }
  }

  /// Bytes that files take now, those included that have no name but are open.
  package var usedBytes: UInt64 { state.withLock { UInt64($0.usedPages * FileImage.pageSize) } }

  /// What `volume` says of a network file system.
  package var networkKind: String? {
    get { state.withLock { $0.settings.networkKind } }
    set { state.withLock { $0.settings.networkKind = newValue } }
  }

  /// Whether garbling takes the whole sector, synced neighbours in it included (the default), or only the bytes
  /// that were written.
  package var garblesWholeSectors: Bool {
    get { state.withLock { $0.settings.garblesWholeSectors } }
    set { state.withLock { $0.settings.garblesWholeSectors = newValue } }
  }

  // MARK: - For the processes

  /// Carries out one operation of a process, with all that may come between.
  func perform<Result: Sendable>(
    _ operation: FileError.Operation, _ path: String, process: Int, _ detail: @autoclosure () -> String = "",
    _ body: (inout DiskState, Fault.Kind?) throws(FileError) -> Result
  ) throws(FileError) -> Result {
    if state.withLock({ $0.arrive(operation, process: process) }) {
      state.broadcast()
      state.wait(while: { $0.isHeldUp(process) }, then: { _ in })
    }
    let outcome = try state.withLock { (state) throws(FileError) -> Result? in
      let (crashes, fault) = try state.begin(operation, path, process: process, detail())
      guard crashes else { return try body(&state, fault) }
      // What it changes is unsynced: the fate of that decides how far it came.
      if operation.isDeferred { _ = try? body(&state, nil) }
      return nil
    }
    if let outcome { return outcome }
    // Who waits for a lock must see that the power is gone.
    state.broadcast()
    throw FileError(operation, path: path, errno: SimulatedDisk.powerLost)
  }
}
