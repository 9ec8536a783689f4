internal import CSegmentShims

/// The bytes under scan: the one type of this module that touches memory.
///
/// Safe to use because it is made by `withScannedBytes` only, which does not let it outlive the span it stands for
/// (nothing here keeps one), and because every access is checked against `count`.
@safe
struct ScannedBytes {
  private let base: UnsafePointer<UInt8>
  /// Number of bytes.
  let count: Int

  /// The deepest nesting that `containerEnd` can follow.
  static let maximumDepth = Int(SEGMENT_SCAN_MAXIMUM_DEPTH)

  fileprivate init(_ buffer: UnsafeRawBufferPointer, standIn: UnsafePointer<UInt8>) {
    let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe base = start ?? standIn
    count = buffer.count
  }

  /// The byte at a place.
  @inline(__always)
  subscript(place: Int) -> UInt8 {
    precondition(UInt(bitPattern: place) < UInt(bitPattern: count))
    return unsafe base[place]
  }

  /// `T`'s bytes from a place on, little-endian.
  @inline(__always)
  func load<T: FixedWidthInteger & BitwiseCopyable>(_ place: Int, as: T.Type) -> T {
    precondition(place >= 0 && place <= count - MemoryLayout<T>.size)
    return T(littleEndian: unsafe UnsafeRawPointer(base + place).loadUnaligned(as: T.self))
  }

  /// True if the bytes from a place on are those of `text`.
  @inline(__always)
  func hasText(_ text: StaticString, at place: Int) -> Bool {
    place >= 0 && place <= count && commonLength(text, at: place, end: count) == text.utf8CodeUnitCount
  }

  /// How many of the first bytes from a place on, up to `end`, are those of `text`.
  func commonLength(_ text: StaticString, at place: Int, end: Int) -> Int {
    check(place, end)
    return text.withUTF8Buffer { wanted in
      var length = 0
      while length < wanted.count, place + length < end, unsafe base[place + length] == wanted[length] { length += 1 }
      return length
    }
  }

  /// The closing quote of a string, searched from `place` (inside the string, not after a backslash) up to `end`.
  @inline(__always)
  func stringEnd(_ place: Int, end: Int) -> (position: Int, fault: ScanError.Reason?, isShortAndPlain: Bool) {
    check(place, end)
    var start = place
    if end - place >= 16 {
      let stops = unsafe segment_scan_string_stops(base + place)
      if stops != 0 {
        start = place + stops.trailingZeroBitCount
        if unsafe base[start] == Ascii.quote { return (start, nil, true) }
      } else {
        start = place + 16
      }
    }
    return longStringEnd(start, end: end)
  }

  @inline(never)
  private func longStringEnd(
    _ place: Int, end: Int
  ) -> (position: Int, fault: ScanError.Reason?, isShortAndPlain: Bool) {
    let walk = unsafe segment_scan_skip_string(base, place, end)
    return (walk.position, Self.fault(walk.status), false)
  }

  /// The last byte of the array or object that begins at a place, searched up to `end`.
  @inline(__always)
  func containerEnd(
    _ place: Int, end: Int, maximumDepth: Int
  ) -> (position: Int, fault: ScanError.Reason?, hasLineBreaks: Bool) {
    check(place, end)
    let walk = unsafe segment_scan_skip_container(base, place, end, max(0, maximumDepth))
    return (walk.position, Self.fault(walk.status), walk.line_breaks != 0)
  }

  /// The first of these bytes in a range; nil if there is none.
  func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
    check(range.lowerBound, range.upperBound)
    let length = range.count
    let found = unsafe segment_scan_find(base + range.lowerBound, length, byte)
    return found == length ? nil : range.lowerBound + found
  }

  /// Appends a range of the bytes to `output`.
  func append(_ range: Range<Int>, to output: inout [UInt8]) {
    check(range.lowerBound, range.upperBound)
    unsafe output.append(contentsOf: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  @inline(__always)
  private func check(_ place: Int, _ end: Int) {
    precondition(place >= 0 && place <= end && end <= count)
  }

  @inline(__always)
  private static func fault(_ status: UInt8) -> ScanError.Reason? {
    switch Int32(status) {
    case SEGMENT_SCAN_DONE: nil
    case SEGMENT_SCAN_TRUNCATED: .truncated
    case SEGMENT_SCAN_CONTROL: .controlCharacter
    case SEGMENT_SCAN_MISMATCH: .mismatchedBracket
    case SEGMENT_SCAN_TOO_DEEP: .nestingTooDeep
    default: .notJSON
    }
  }
}

extension RawSpan {
  /// Calls `body` with the bytes of the span.
  @inline(__always)
  func withScannedBytes<R, E: Error>(_ body: (ScannedBytes) throws(E) -> R) throws(E) -> R {
    try unsafe withUnsafeBytes { buffer throws(E) in
      // An empty span may have no address: any will do, as nothing of it is read.
      var standIn: UInt8 = 0
      return try unsafe withUnsafePointer(to: &standIn) { pointer throws(E) in
        try body(unsafe ScannedBytes(buffer, standIn: pointer))
      }
    }
  }
}
