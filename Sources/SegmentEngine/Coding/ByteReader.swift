/// Reads the primitive values of FORMAT.md from bytes that came from a disk, checking every bound.
///
/// Positions are offsets into `bytes`; each failed read throws and leaves the position where the value began.
package struct ByteReader {
  private let bytes: [UInt8]
  /// Offset of the next byte to read.
  package private(set) var position: Int
  /// Offset behind the last byte that may be read.
  package let end: Int

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = 0
    end = bytes.count
  }

  /// Reads a part of `bytes`; `range` is checked by the caller to lie within it.
  package init(_ bytes: [UInt8], in range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  package var remaining: Int { end - position }

  package mutating func integer<T: FixedWidthInteger>(_: T.Type) throws(FormatError) -> T {
    let size = MemoryLayout<T>.size
    guard remaining >= size else { throw FormatError(.truncated, at: position) }
    let at = position
    let value = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: at, as: T.self) }
    position += size
    return T(littleEndian: value)
  }

  package mutating func u8() throws(FormatError) -> UInt8 {
    guard position < end else { throw FormatError(.truncated, at: position) }
    defer { position += 1 }
    return bytes[position]
  }

  package mutating func u16() throws(FormatError) -> UInt16 { try integer(UInt16.self) }
  package mutating func u32() throws(FormatError) -> UInt32 { try integer(UInt32.self) }
  package mutating func u64() throws(FormatError) -> UInt64 { try integer(UInt64.self) }

  /// A time in milliseconds since 1970; anything but a finite number is refused.
  package mutating func time() throws(FormatError) -> Double {
    let start = position
    let value = Double(bitPattern: try u64())
    guard value.isFinite else { throw FormatError(.invalid("time"), at: start) }
    return value
  }

  package mutating func varint() throws(FormatError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var at = position
    while true {
      guard at < end else { throw FormatError(.truncated, at: position) }
      let byte = bytes[at]
      at += 1
      if shift == 63, byte > 1 { throw FormatError(.invalid("varint"), at: position) }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { break }
      shift += 7
      if shift > 63 { throw FormatError(.invalid("varint"), at: position) }
    }
    position = at
    return value
  }

  /// A varint that sizes or indexes something in memory: at most `limit`.
  package mutating func count(_ what: StaticString, limit: Int) throws(FormatError) -> Int {
    let start = position
    let value = try varint()
    guard value <= UInt64(limit) else {
      position = start
      throw FormatError(.tooLarge(what), at: start)
    }
    return Int(value)
  }

  /// The number of entries of a list whose entries take at least `entry` bytes each, so that a false number
  /// can never reserve more than the bytes at hand could fill.
  package mutating func listCount(_ what: StaticString, entry: Int = 1) throws(FormatError) -> Int {
    try count(what, limit: remaining / max(1, entry))
  }

  /// A number that is counted on from or summed up with others: at most 2^48, so that no sum of them overflows.
  package mutating func amount(_ what: StaticString) throws(FormatError) -> UInt64 {
    UInt64(try count(what, limit: 1 << 48))
  }

  package mutating func zigzag() throws(FormatError) -> Int64 {
    let raw = try varint()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  /// A string of at most `limit` bytes that is well-formed UTF-8.
  package mutating func string(_ what: StaticString, limit: Int) throws(FormatError) -> String {
    let start = position
    let length = try count(what, limit: limit)
    guard remaining >= length else {
      position = start
      throw FormatError(.truncated, at: start)
    }
    do {
      // Not `String(validating:)`, which looks up the types of what it is given at each call.
      let text = String(copying: try UTF8Span(validating: bytes.span.extracting(position..<position + length)))
      position += length
      return text
    } catch {
      position = start
      throw FormatError(.invalid(what), at: start)
    }
  }

  package mutating func identifier() throws(FormatError) -> Identifier {
    let high = try u64()
    let low: UInt64
    do { low = try u64() } catch {
      position -= 8
      throw error
    }
    return Identifier(high: high.byteSwapped, low: low.byteSwapped)
  }

  package mutating func raw(_ count: Int) throws(FormatError) -> [UInt8] {
    guard count >= 0, remaining >= count else { throw FormatError(.truncated, at: position) }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  package mutating func skip(_ count: Int) throws(FormatError) {
    guard count >= 0, remaining >= count else { throw FormatError(.truncated, at: position) }
    position += count
  }

  /// True when all that remains is zero.
  package func restIsZero() -> Bool {
    // To the end even where something is found at once: without a way out the loop takes many bytes a step.
    bytes[position..<end].reduce(0) { $0 | $1 } == 0
  }
}
