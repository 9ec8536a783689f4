/// Where a session's directory entry is (FORMAT.md "Locator"); 24 bytes on the disk and in memory.
package struct Locator: Sendable, Equatable {
  package static let size = 24

  package var hash: UInt64
  package var offset: UInt32
  package var length: UInt32
  /// Seconds since 1970.
  package var start: UInt32
  package var end: UInt32

  func encode(into writer: inout ByteWriter) {
    writer.u64(hash)
    writer.u32(offset)
    writer.u32(length)
    writer.u32(start)
    writer.u32(end)
  }

  /// Decodes the `count` locators at the start of `bytes`, which are sorted by hash and point into `directory`.
  ///
  /// A store may have millions of them, all read when it is opened: hence without a reader's checks at each value.
  static func decodeAll(
    _ bytes: [UInt8], count: Int, within directory: Range<UInt64>
  ) throws(FormatError) -> [Locator] {
    guard count >= 0, count <= bytes.count / size else { throw FormatError(.truncated, at: 0) }
    var invalid: Int?
    let locators = unsafe bytes.withUnsafeBytes { bytes in
      [Locator](capacity: count) { target in
        var previous: UInt64 = 0
        for index in 0..<count {
          // Within bounds: (index + 1) * size <= count * size <= bytes.count.
          let at = index * size
          func word(_ offset: Int) -> UInt32 {
            unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at + offset, as: UInt32.self))
          }
          let locator = unsafe Locator(
            hash: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)), offset: word(8),
            length: word(12), start: word(16), end: word(20))
          guard UInt64(locator.offset) >= directory.lowerBound,
            UInt64(locator.offset) + UInt64(locator.length) <= directory.upperBound, locator.hash >= previous
          else {
            invalid = at
            return
          }
          previous = locator.hash
          target.append(locator)
        }
      }
    }
    if let invalid { throw FormatError(.invalid("locator"), at: invalid) }
    return locators
  }

  /// Seconds since 1970 of a time in milliseconds, within what a locator can say.
  static func seconds(_ milliseconds: Double) -> UInt32 {
    UInt32(min(max(0, (milliseconds / 1_000).rounded(.down)), Double(UInt32.max)))
  }
}
