internal import SegmentFiles

/// A file that is gone through from front to back in small pieces: they are served from memory, which is filled by few
/// large reads. For reading only; never newer than the last of these, until `forgetCached`.
final class ReadAheadFile: ReadOnlyFile {
  let refusingName = "a file that is being verified"
  /// Read at once.
  private static let window = 1 << 20
  /// Pieces of this size gain nothing.
  private static let large = 64 << 10

  private struct Buffer {
    var offset: UInt64 = 0
    var bytes: [UInt8] = []
  }

  private let file: any StorageFile
  private let buffer = Lock(Buffer())

  init(_ file: any StorageFile) { self.file = file }

  func read(into target: inout MutableRawSpan, at offset: UInt64) throws(FileError) -> Int {
    let count = target.byteCount
    if count >= Self.large { return try file.read(into: &target, at: offset) }
    var (start, bytes) = buffer.withLock { ($0.offset, $0.bytes) }
    if offset < start || offset + UInt64(count) > start + UInt64(bytes.count) {
      bytes = try file.readBytes(at: offset, count: Self.window)
      start = offset
      buffer.withLock { $0 = Buffer(offset: start, bytes: bytes) }
    }
    let at = Int(offset - start)
    let served = min(count, bytes.count - at)
    unsafe target.withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { source in
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[at..<at + served]))
      }
    }
    return served
  }

  func facts() throws(FileError) -> FileFacts { try file.facts() }

  func forgetCached() {
    buffer.withLock { $0 = Buffer() }
    file.forgetCached()
  }

  func close() { file.close() }
}
