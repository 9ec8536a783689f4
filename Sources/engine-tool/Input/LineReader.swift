#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Cuts bytes into lines.
struct LineReader {
  /// A line longer than this is not read, in bytes: the engine takes no batch of that size.
  static let longest = 128 << 20

  private let source: any ByteSource
  private let path: String
  private var buffer: [UInt8] = []
  private var start = 0
  /// Up to here there is no line feed.
  private var searched = 0
  private var isAtEnd = false

  init(_ source: any ByteSource, _ path: String) {
    self.source = source
    self.path = path
  }

  /// The next line with its line feed, which the last may lack; nil at the end. Throws `Failure`.
  mutating func next() throws -> [UInt8]? {
    while true {
      if let end = endOfLine() {
        defer { (start, searched) = (end, end) }
        return Array(buffer[start..<end])
      }
      searched = buffer.count
      if isAtEnd {
        defer { start = buffer.count }
        return start == buffer.count ? nil : Array(buffer[start...])
      }
      buffer.removeFirst(start)
      (start, searched) = (0, buffer.count)
      guard buffer.count <= Self.longest else {
        throw Failure(.failed, "\(path) holds a line of over \(Units.bytes(UInt64(Self.longest)))")
      }
      let more = try source.next()
      isAtEnd = more.isEmpty
      buffer += more
    }
  }

  private func endOfLine() -> Int? {
    unsafe buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, searched < bytes.count else { return nil }
      let found = unsafe memchr(base + searched, 0x0A, bytes.count - searched)
      return unsafe found.map { unsafe UnsafeRawPointer($0) - base + 1 }
    }
  }
}
