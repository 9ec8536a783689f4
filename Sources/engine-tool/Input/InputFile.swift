#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A regular file that is read from its start to its end.
final class InputFile {
  /// Its path, for messages.
  let path: String
  private let descriptor: Int32

  private static let chunk = 256 << 10

  /// Throws `Failure` where the file cannot be opened.
  init(_ path: String) throws {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw Self.failure(path, errno) }
  }

  deinit { _ = close(descriptor) }

  /// The next bytes; none at the end.
  func next() throws -> [UInt8] {
    while true {
      var problem: Int32 = 0
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.chunk) { buffer, count in
        let result = unsafe read(descriptor, buffer.baseAddress, Self.chunk)
        if result < 0 { problem = errno }
        count = max(0, result)
      }
      if problem == 0 { return bytes }
      if problem != EINTR { throw Self.failure(path, problem) }
    }
  }

  /// A file's size in bytes. Throws `Failure` where there is no such regular file: what is read twice must not be a pipe.
  static func size(of path: String) throws -> UInt64 {
    var facts = stat()
    guard unsafe stat(path, &facts) == 0 else { throw failure(path, errno) }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw Failure(.failed, "\(path) is not a regular file") }
    return UInt64(max(0, facts.st_size))
  }

  /// All of a file. Throws `Failure` also where it is larger than `limit`.
  static func contents(of path: String, limit: Int) throws -> [UInt8] {
    let file = try InputFile(path)
    var contents: [UInt8] = []
    while true {
      let bytes = try file.next()
      if bytes.isEmpty { return contents }
      contents += bytes
      if contents.count > limit {
        throw Failure(.failed, "\(path) is larger than \(Units.bytes(UInt64(limit))), which cannot be right")
      }
    }
  }

  private static func failure(_ path: String, _ number: Int32) -> Failure {
    Failure(
      number == ENOENT || number == ENOTDIR ? .notFound : .failed,
      "\(path) cannot be read: \(Standard.message(of: number))")
  }
}
