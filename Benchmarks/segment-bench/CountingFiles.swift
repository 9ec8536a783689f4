import SegmentFiles
import Synchronization

/// The operating system's files, with a count of the calls that cost and, in a ledger, of what is written.
struct CountingFiles: FileSystem {
  final class Counts: Sendable {
    let reads = Atomic<Int>(0)
    let opens = Atomic<Int>(0)
    /// Writes to files whose name ends in `.journal`, and syncs of them.
    let journalWrites = Atomic<Int>(0)
    let journalSyncs = Atomic<Int>(0)
    let journalBytes = Atomic<Int>(0)
  }

  let base = POSIXFileSystem()
  let counts = Counts()
  /// Nil: what is written is not told apart.
  var ledger: WriteLedger?
  /// Counts syncs without making them, for simulated days: the same bytes are written.
  var skipsSyncs = false

  func open(_ path: String, _ access: FileAccess) throws(FileError) -> any StorageFile {
    counts.opens.add(1, ordering: .relaxed)
    return CountingFile(try base.open(path, access), self, path)
  }

  func createDirectory(_ path: String) throws(FileError) { try base.createDirectory(path) }
  func list(_ path: String) throws(FileError) -> [String] { try base.list(path) }
  func facts(at path: String) throws(FileError) -> FileFacts? { try base.facts(at: path) }
  func link(_ existing: String, as new: String) throws(FileError) {
    try base.link(existing, as: new)
    ledger?.name(existing, new)
  }
  func rename(_ old: String, to new: String) throws(FileError) {
    try base.rename(old, to: new)
    ledger?.name(old, new)
  }
  func unlink(_ path: String) throws(FileError) { try base.unlink(path) }
  func syncDirectory(_ path: String) throws(FileError) {
    ledger?.sync()
    if !skipsSyncs { try base.syncDirectory(path) }
  }
  func lock(_ path: String, wait: Bool) throws(FileError) -> (any FileLock)? {
    guard let lock = try base.lock(path, wait: wait) else { return nil }
    return ledger == nil ? lock : CountingLock(lock, self, path)
  }
  func isLocked(_ path: String) throws(FileError) -> Bool { try base.isLocked(path) }
  func volume(at path: String) throws(FileError) -> VolumeFacts { try base.volume(at: path) }
}

private final class CountingFile: StorageFile {
  private let base: any StorageFile
  private let files: CountingFiles
  private let path: String
  private let isJournal: Bool

  init(_ base: any StorageFile, _ files: CountingFiles, _ path: String) {
    self.base = base
    self.files = files
    self.path = path
    isJournal = path.hasSuffix(".journal")
  }

  func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(FileError) -> Int {
    files.counts.reads.add(1, ordering: .relaxed)
    return try base.read(into: &buffer, at: offset)
  }

  func write(_ bytes: RawSpan, at offset: UInt64) throws(FileError) {
    if isJournal {
      files.counts.journalWrites.add(1, ordering: .relaxed)
      files.counts.journalBytes.add(bytes.byteCount, ordering: .relaxed)
    }
    files.ledger?.write(path, at: offset, bytes)
    try base.write(bytes, at: offset)
  }

  func syncData() throws(FileError) {
    if isJournal { files.counts.journalSyncs.add(1, ordering: .relaxed) }
    files.ledger?.sync()
    if !files.skipsSyncs { try base.syncData() }
  }

  func truncate(to size: UInt64) throws(FileError) { try base.truncate(to: size) }
  func punchHole(at offset: UInt64, count: UInt64) throws(FileError) { try base.punchHole(at: offset, count: count) }
  func facts() throws(FileError) -> FileFacts { try base.facts() }
  func close() { base.close() }
}

/// A lock whose record is counted too.
private final class CountingLock: FileLock {
  private let base: any FileLock
  let file: any StorageFile

  init(_ base: any FileLock, _ files: CountingFiles, _ path: String) {
    self.base = base
    file = CountingFile(base.file, files, path)
  }

  func release() { base.release() }
}
