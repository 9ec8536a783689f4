/// Builds the primitive values of FORMAT.md into a growing array.
package struct ByteWriter {
  package var bytes: [UInt8]

  package init(reserving capacity: Int = 0) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  package var count: Int { bytes.count }

  package mutating func integer<T: FixedWidthInteger>(_ value: T) {
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  package mutating func u8(_ value: UInt8) { bytes.append(value) }
  package mutating func u16(_ value: UInt16) { integer(value) }
  package mutating func u32(_ value: UInt32) { integer(value) }
  package mutating func u64(_ value: UInt64) { integer(value) }
  package mutating func time(_ value: Double) { integer(value.bitPattern) }

  package mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// A number that cannot be negative.
  package mutating func varint(_ value: Int) { varint(UInt64(value)) }

  package mutating func zigzag(_ value: Int64) {
    varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  package mutating func string(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      varint(utf8.count)
      unsafe bytes.append(contentsOf: utf8)
    }
  }

  package mutating func identifier(_ id: Identifier) {
    integer(id.high.byteSwapped)
    integer(id.low.byteSwapped)
  }

  package mutating func raw(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  package mutating func zeros(_ count: Int) {
    precondition(count >= 0)
    bytes.append(contentsOf: repeatElement(0, count: count))
  }

  /// Overwrites a value written before, as a checksum that covers what follows it.
  package mutating func patch<T: FixedWidthInteger>(_ value: T, at offset: Int) {
    precondition(offset >= 0 && offset + MemoryLayout<T>.size <= bytes.count)
    unsafe bytes.withUnsafeMutableBytes {
      unsafe $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }
  }
}
