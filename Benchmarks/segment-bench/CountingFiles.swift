import SegmentFiles
import Synchronization

/// The operating system's files, with a count of the calls that cost.
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

  func open(_ path: String, _ access: FileAccess) throws(FileError) -> any StorageFile {
    counts.opens.add(1, ordering: .relaxed)
    return CountingFile(try base.open(path, access), counts, isJournal: path.hasSuffix(".journal"))
  }

  func createDirectory(_ path: String) throws(FileError) { try base.createDirectory(path) }
  func list(_ path: String) throws(FileError) -> [String] { try base.list(path) }
  func facts(at path: String) throws(FileError) -> FileFacts? { try base.facts(at: path) }
  func link(_ existing: String, as new: String) throws(FileError) { try base.link(existing, as: new) }
  func rename(_ old: String, to new: String) throws(FileError) { try base.rename(old, to: new) }
  func unlink(_ path: String) throws(FileError) { try base.unlink(path) }
  func syncDirectory(_ path: String) throws(FileError) { try base.syncDirectory(path) }
  func lock(_ path: String, wait: Bool) throws(FileError) -> (any FileLock)? { try base.lock(path, wait: wait) }
  func isLocked(_ path: String) throws(FileError) -> Bool { try base.isLocked(path) }
  func volume(at path: String) throws(FileError) -> VolumeFacts { try base.volume(at: path) }
}

private final class CountingFile: StorageFile {
  private let base: any StorageFile
  private let counts: CountingFiles.Counts
  private let isJournal: Bool

  init(_ base: any StorageFile, _ counts: CountingFiles.Counts, isJournal: Bool) {
    self.base = base
    self.counts = counts
    self.isJournal = isJournal
  }

  func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(FileError) -> Int {
    counts.reads.add(1, ordering: .relaxed)
    return try base.read(into: &buffer, at: offset)
  }

  func write(_ bytes: RawSpan, at offset: UInt64) throws(FileError) {
    if isJournal {
      counts.journalWrites.add(1, ordering: .relaxed)
      counts.journalBytes.add(bytes.byteCount, ordering: .relaxed)
    }
    try base.write(bytes, at: offset)
  }

  func syncData() throws(FileError) {
    if isJournal { counts.journalSyncs.add(1, ordering: .relaxed) }
    try base.syncData()
  }

  func truncate(to size: UInt64) throws(FileError) { try base.truncate(to: size) }
  func punchHole(at offset: UInt64, count: UInt64) throws(FileError) { try base.punchHole(at: offset, count: count) }
  func facts() throws(FileError) -> FileFacts { try base.facts() }
  func close() { base.close() }
}
