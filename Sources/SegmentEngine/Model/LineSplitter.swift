internal import CSegmentShims

/// Walks the lines of NDJSON whose every line ends in a line feed.
struct LineSplitter {
  private let bytes: [UInt8]
  private(set) var position: Int

  init(_ bytes: [UInt8], from position: Int = 0) {
    precondition(position >= 0)
    self.bytes = bytes
    self.position = position
  }

  /// The range of the next line, without its line feed; nil at the end.
  mutating func next() -> Range<Int>? {
    guard position < bytes.count else { return nil }
    let start = position
    let length = unsafe bytes.withUnsafeBufferPointer {
      unsafe segment_line_length($0.baseAddress.map { unsafe $0 + start }, $0.count - start)
    }
    position = start + length + 1
    return start..<start + length
  }
}
