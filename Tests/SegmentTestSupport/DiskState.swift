import SegmentFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// All there is to a simulated disk, as a value: copying it is cloning the disk.
struct DiskState: Sendable {
  /// An open file of a process.
  struct Handle: Sendable {
    var process: Int
    var node: Int
    var path: String
    var isWritable: Bool
  }

  /// A directory and a name in it.
  struct Place: Sendable {
    var directory: Int
    var name: String
  }

  static let root = 0

  /// By number, which is also the inode number; numbers are not used twice.
  var nodes: [DiskNode]
  var pendingNames: [NameChange] = []
  var handles: [Int: Handle] = [:]
  var nextHandle = 0
  /// By the number of a lock file's node, the open file that has the lock.
  var holds: [Int: Int] = [:]
  var nextProcess = 0
  var killedProcesses: Set<Int> = []

  var random: SplitMix64
  var settings = Settings()
  var usedPages = 0
  var operationCount = 0
  var crashPoint: Int?
  var isCrashed = false
  var faults: [Fault] = []
  /// Draws what the system writes back of itself; nil: it writes nothing back before it is told to.
  var writeBack: SplitMix64?
  /// Two processes of which one runs at a time.
  var turns: SimulatedTurns?
  var isLogging = false
  var log: [String] = []
  /// Places that paths were found to name; lookups of paths are most of a small life.
  var places: [String: Place] = [:]

  /// What survives a loss of power because it is no content.
  struct Settings: Sendable {
    var capacity: UInt64?
    var countsReads = false
    var garblesWholeSectors = true
    var networkKind: String?
  }

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    var top = DiskNode(isDirectory: true)
    top.links = 1
    nodes = [top]
  }

  /// Counts, logs and fails an operation where it is told to. True when the power goes in the middle of it.
  mutating func begin(
    _ operation: FileError.Operation, _ path: String, process: Int, _ detail: @autoclosure () -> String = ""
  ) throws(FileError) -> (crashes: Bool, fault: Fault.Kind?) {
    try requireAlive(operation, path, process: process)
    var ordinal: Int?
    if operation.isMutating || settings.countsReads {
      ordinal = operationCount
      operationCount += 1
      if isLogging { log.append("\(operation.rawValue) \(path)\(detail())") }
      if ordinal == crashPoint {
        isCrashed = true
        return (true, nil)
      }
      writeBackOnce()
    }
    guard !faults.isEmpty, let index = faults.firstIndex(where: { $0.befalls(operation, path, ordinal: ordinal) })
    else { return (false, nil) }
    let fault = faults[index]
    if case .once = fault.times { faults.remove(at: index) }
    if case .errno(let number) = fault.kind { throw FileError(operation, path: path, errno: number) }
    return (false, fault.kind)
  }

  func requireAlive(_ operation: FileError.Operation, _ path: String, process: Int) throws(FileError) {
    if killedProcesses.contains(process) {
      throw FileError(operation, path: path, errno: SimulatedDisk.processKilled)
    }
    if isCrashed { throw FileError(operation, path: path, errno: EIO) }
  }

  /// Pages that may still be filled; very many without a capacity.
  var freePages: Int {
    guard let capacity = settings.capacity else { return Int.max / 2 / FileImage.pageSize }
    return max(0, Int(clamping: capacity) / FileImage.pageSize - usedPages)
  }
}

extension FileError.Operation {
  /// Whether it changes the disk; locking counts as the creation of the lock's file, if it has to create it.
  var isMutating: Bool {
    switch self {
    case .create, .write, .sync, .syncDirectory, .link, .rename, .unlink, .truncate, .punchHole, .createDirectory:
      true
    case .open, .read, .facts, .list, .lock, .volume: false
    }
  }

  /// Whether a loss of power in the middle can leave it half done; the others then have no effect at all.
  var isDeferred: Bool {
    switch self {
    case .create, .write, .link, .rename, .unlink, .truncate, .punchHole, .createDirectory: true
    case .sync, .syncDirectory, .open, .read, .facts, .list, .lock, .volume: false
    }
  }
}
