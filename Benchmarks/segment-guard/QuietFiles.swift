import SegmentFiles

/// The operating system's files without the syncs. What the kernel does is not counted, so nothing of the engine's own work
/// is missing, and no disk is waited for.
struct QuietFiles: FileSystem {
  private let base = POSIXFileSystem()

  func open(_ path: String, _ access: FileAccess) throws(FileError) -> any StorageFile {
    QuietFile(try base.open(path, access))
  }

  func createDirectory(_ path: String) throws(FileError) { try base.createDirectory(path) }
  func list(_ path: String) throws(FileError) -> [String] { try base.list(path) }
  func facts(at path: String) throws(FileError) -> FileFacts? { try base.facts(at: path) }
  func link(_ existing: String, as new: String) throws(FileError) { try base.link(existing, as: new) }
  func rename(_ old: String, to new: String) throws(FileError) { try base.rename(old, to: new) }
  func unlink(_ path: String) throws(FileError) { try base.unlink(path) }
  func syncDirectory(_ path: String) throws(FileError) {}
  func lock(_ path: String, wait: Bool) throws(FileError) -> (any FileLock)? {
    try base.lock(path, wait: wait).map { QuietLock($0) }
  }
  func isLocked(_ path: String) throws(FileError) -> Bool { try base.isLocked(path) }
  func volume(at path: String) throws(FileError) -> VolumeFacts { try base.volume(at: path) }
}

private final class QuietFile: StorageFile {
  private let base: any StorageFile

  init(_ base: any StorageFile) { self.base = base }

  func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(FileError) -> Int {
    try base.read(into: &buffer, at: offset)
  }
  func write(_ bytes: RawSpan, at offset: UInt64) throws(FileError) { try base.write(bytes, at: offset) }
  func syncData() throws(FileError) {}
  func truncate(to size: UInt64) throws(FileError) { try base.truncate(to: size) }
  func punchHole(at offset: UInt64, count: UInt64) throws(FileError) { try base.punchHole(at: offset, count: count) }
  func facts() throws(FileError) -> FileFacts { try base.facts() }
  func close() { base.close() }
}

private final class QuietLock: FileLock {
  private let base: any FileLock
  let file: any StorageFile

  init(_ base: any FileLock) {
    self.base = base
    file = QuietFile(base.file)
  }

  func release() { base.release() }
}
