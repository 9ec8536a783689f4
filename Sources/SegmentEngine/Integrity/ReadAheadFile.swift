internal import SegmentFiles

/// A file that is gone through from front to back in small pieces: they are served from memory, which is filled by few
/// large reads. For reading only; never newer than the last of these, until `forgetCached`.
final class ReadAheadFile: ReadOnlyFile {
  let refusingName = "a file that is being verified"
  /// Read at once: few enough bytes to be in the processor's cache when they are looked at.
  private static let window = 256 << 10
  /// Pieces of this size gain nothing.
  private static let large = 64 << 10

  /// Memory that is filled again and again.
  private struct Buffer {
    var offset: UInt64 = 0
    /// How many bytes of the memory are the file's.
    var count = 0
    var memory: [UInt8] = []

    func holds(_ position: UInt64) -> Bool { position >= offset && position < offset + UInt64(count) }

    mutating func fill(from file: any StorageFile, at position: UInt64) throws(FileError) {
      count = 0
      offset = position
      if memory.isEmpty { memory = [UInt8](repeating: 0, count: ReadAheadFile.window) }
      var bytes = memory.mutableSpan
      var raw = unsafe bytes.mutableBytes
      count = try file.read(into: &raw, at: position)
    }
  }

  private let file: any StorageFile
  private let buffer = Lock(Buffer())

  init(_ file: any StorageFile) { self.file = file }

  func read(into target: inout MutableRawSpan, at offset: UInt64) throws(FileError) -> Int {
    let count = target.byteCount
    if count >= Self.large { return try file.read(into: &target, at: offset) }
    var held = taken()
    defer { giveBack(held) }
    if !held.holds(offset) || !held.holds(offset + UInt64(max(1, count)) - 1) { try held.fill(from: file, at: offset) }
    let at = Int(offset - held.offset)
    let served = min(count, held.count - at)
    unsafe target.withUnsafeMutableBytes { target in
      unsafe held.memory.withUnsafeBytes { source in
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[at..<at + served]))
      }
    }
    return served
  }

  /// Passes so many bytes from `offset` on, piece after piece as they lie in memory; returns how many there were, fewer only
  /// at the end of the file.
  func pass(_ count: Int, at offset: UInt64, to body: (RawSpan) -> Void) throws(FileError) -> Int {
    var held = taken()
    defer { giveBack(held) }
    var passed = 0
    while passed < count {
      let position = offset + UInt64(passed)
      if !held.holds(position) { try held.fill(from: file, at: position) }
      let at = Int(position - held.offset)
      let length = min(count - passed, held.count - at)
      if length <= 0 { break }
      unsafe body(held.memory.span.bytes.extracting(at..<at + length))
      passed += length
    }
    return passed
  }

  func facts() throws(FileError) -> FileFacts { try file.facts() }

  func forgetCached() {
    buffer.withLock { $0 = Buffer() }
    file.forgetCached()
  }

  func close() { file.close() }

  /// Taken out, so that nothing is read while the lock is held; a second reader meanwhile fills memory of its own.
  private func taken() -> Buffer {
    buffer.withLock { buffer in
      let taken = buffer
      buffer = Buffer()
      return taken
    }
  }

  private func giveBack(_ held: Buffer) { buffer.withLock { $0 = held } }
}
