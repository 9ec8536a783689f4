#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A pack that byte ranges are read from, as clients do.
final class PackBytes {
  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw Failure(.failed, "\(path) cannot be read: \(Standard.message(of: errno))") }
  }

  deinit { _ = close(descriptor) }

  /// The bytes of a range. Throws `Failure` where they are not all there.
  func read(at offset: UInt64, count: Int) throws -> [UInt8] {
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { room, filled in
      while filled < count {
        let more = unsafe pread(
          descriptor, room.baseAddress.map { unsafe $0 + filled }, count - filled, off_t(offset) + off_t(filled))
        if more < 0, errno == EINTR { continue }
        if more <= 0 { break }
        filled += more
      }
    }
    guard bytes.count == count else { throw Failure(.failed, "\(path) ends before byte \(offset + UInt64(count))") }
    return bytes
  }
}
