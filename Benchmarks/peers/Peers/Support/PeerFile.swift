#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// An open file, closed when it is let go. Each call keeps it until it is over: the last use alone would not.
final class PeerFile {
  enum Mode {
    case read
    /// Made where it is missing; written at its end.
    case append
    /// Emptied where it exists.
    case create
  }

  let path: String
  private let descriptor: Int32

  init(_ path: String, _ mode: Mode) throws {
    let flags =
      switch mode {
      case .read: O_RDONLY
      case .append: O_RDWR | O_CREAT | O_APPEND
      case .create: O_RDWR | O_CREAT | O_TRUNC | O_APPEND
      }
    self.path = path
    descriptor = unsafe open(path, flags | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw PeerFile.failure("open", path) }
  }

  deinit { close(descriptor) }

  func size() throws -> Int {
    defer { withExtendedLifetime(self) {} }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw PeerFile.failure("look at", path) }
    return Int(status.st_size)
  }

  func append(_ bytes: [UInt8]) throws {
    defer { withExtendedLifetime(self) {} }
    try unsafe bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = unsafe write(
          descriptor, UnsafeRawBufferPointer(rebasing: buffer[written...]).baseAddress, buffer.count - written)
        if count < 0 {
          if errno == EINTR { continue }
          throw PeerFile.failure("write to", path)
        }
        written += count
      }
    }
  }

  /// Exactly `count` bytes; an error where the file ends before.
  func read(at offset: Int, count: Int) throws -> [UInt8] {
    defer { withExtendedLifetime(self) {} }
    let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = unsafe pread(
          descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { throw PeerFile.failure("read", path) }
        if got == 0 { break }
        filled += got
      }
    }
    guard bytes.count == count else {
      throw PeerError("\(path) ends before byte \(offset + count): it was cut, restore it from a copy")
    }
    return bytes
  }

  /// At most `count` bytes; none at the end.
  func next(_ count: Int, at offset: Int) throws -> [UInt8] {
    try read(at: offset, count: max(0, min(count, size() - offset)))
  }

  func truncate(to size: Int) throws {
    defer { withExtendedLifetime(self) {} }
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw PeerFile.failure("cut", path) }
  }

  /// What was written, and the size, outlive a loss of power afterwards.
  func syncData() throws {
    defer { withExtendedLifetime(self) {} }
    #if canImport(Darwin)
      guard fcntl(descriptor, F_FULLFSYNC) == 0 else { throw PeerFile.failure("sync", path) }
    #else
      guard fdatasync(descriptor) == 0 else { throw PeerFile.failure("sync", path) }
    #endif
  }

  static func failure(_ what: String, _ path: String) -> PeerError {
    let code = errno
    return PeerError("cannot \(what) \(path): \(unsafe String(cString: strerror(code))) (errno \(code))")
  }
}
