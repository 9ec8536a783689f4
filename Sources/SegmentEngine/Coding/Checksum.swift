internal import SegmentCodecs

/// The checksums of FORMAT.md.
package enum Checksum {
  /// CRC-32C of a part of `bytes`.
  package static func plain(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    unsafe CRC32C.checksum(bytes.span.bytes.extracting(range))
  }

  /// FORMAT.md `placed(file, offset, x)`: covers the place as well as the bytes, so that a right block read from a wrong
  /// place is found.
  package static func placed(_ file: Identifier, _ offset: UInt64, _ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    unsafe placed(file, offset, bytes.span.bytes.extracting(range))
  }

  package static func placed(_ file: Identifier, _ offset: UInt64, _ bytes: RawSpan) -> UInt32 {
    CRC32C.checksum(bytes, seed: place(file, offset))
  }

  /// What `placed` begins with: the checksum of the place alone, which that of the bytes continues.
  static func place(_ file: Identifier, _ offset: UInt64) -> UInt32 {
    let place: [3 of UInt64] = [
      file.high.byteSwapped.littleEndian, file.low.byteSwapped.littleEndian, offset.littleEndian,
    ]
    return unsafe CRC32C.checksum(place.span.bytes)
  }

  /// `sum`, continued with bytes that follow.
  static func continued(_ sum: UInt32, _ bytes: RawSpan) -> UInt32 { CRC32C.checksum(bytes, seed: sum) }
}

/// FORMAT.md "key hash".
package enum KeyHash {
  package static func of(_ parts: [String]) -> UInt64 {
    var writer = ByteWriter(reserving: 64)
    for part in parts { writer.part(part) }
    return of(writer)
  }

  package static func of(_ key: SessionKey) -> UInt64 {
    var writer = ByteWriter(reserving: 16 + key.project.utf8.count + key.id.utf8.count)
    writer.part(key.project)
    writer.part(key.id)
    return of(writer)
  }

  private static func of(_ writer: ByteWriter) -> UInt64 {
    let key = HashKey(k0: 0x0706_0504_0302_0100, k1: 0x0f0e_0d0c_0b0a_0908)
    return unsafe SipHash.hash64(writer.bytes.span.bytes, key: key)
  }
}

extension ByteWriter {
  fileprivate mutating func part(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      u64(UInt64(utf8.count))
      unsafe bytes.append(contentsOf: utf8)
    }
  }
}
