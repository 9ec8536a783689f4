import SegmentEngine
import SegmentFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file system on which every path is the same file, that of the fuzzer.
struct ImageFileSystem: FileSystem {
  let image: [UInt8]

  /// Files for the engine to open; clock and randomness are of no use to a decoder.
  static func environment(_ image: [UInt8]) -> StoreEnvironment {
    StoreEnvironment(
      files: ImageFileSystem(image: image), clock: SystemClock(), random: SystemRandomSource(),
      process: ProcessFacts(host: "fuzz", process: 1, started: 0))
  }

  func open(_ path: String, _ access: FileAccess) throws(FileError) -> any StorageFile {
    guard case .read = access else { throw refused(.open) }
    return ImageFile(image)
  }

  func facts(at path: String) throws(FileError) -> FileFacts? { try ImageFile(image).facts() }
  func isLocked(_ path: String) throws(FileError) -> Bool { false }
  func list(_ path: String) throws(FileError) -> [String] { throw refused(.list) }
  func createDirectory(_ path: String) throws(FileError) { throw refused(.createDirectory) }
  func link(_ existing: String, as new: String) throws(FileError) { throw refused(.link) }
  func rename(_ old: String, to new: String) throws(FileError) { throw refused(.rename) }
  func unlink(_ path: String) throws(FileError) { throw refused(.unlink) }
  func syncDirectory(_ path: String) throws(FileError) { throw refused(.syncDirectory) }
  func lock(_ path: String, wait: Bool) throws(FileError) -> (any FileLock)? { throw refused(.lock) }
  func volume(at path: String) throws(FileError) -> VolumeFacts { throw refused(.volume) }

  private func refused(_ operation: FileError.Operation) -> FileError {
    FileError(operation, path: "image", errno: EROFS)
  }
}
