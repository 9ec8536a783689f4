/// One page of the catalog (FORMAT.md "Catalog").
///
/// | offset | field |
/// |---|---|
/// | 0 | u32 magic |
/// | 4 | u32 checksum of bytes 8 ..< 4,096 |
/// | 8 | u16 version |
/// | 10 | u16 used |
/// | 12 | u32 frame |
/// | 16 | u32 page |
/// | 20 | u32 pages |
/// | 24 | id store |
/// | 40 | u64 generation |
/// | 48 | u64 commit |
/// | 56 | u64 offset |
/// | 64 | content |
struct CatalogPage {
  static let size = 4_096
  static let headerSize = 64
  static let capacity = size - headerSize
  static let magic: UInt32 = 0x5443_4753  // SGCT

  /// The store's version of the format: that of all pages of a generation.
  var version: UInt16
  var frame: UInt32
  var page: UInt32
  var pages: UInt32
  var store: Identifier
  var generation: UInt64
  var commit: UInt64
  var offset: UInt64
  var content: [UInt8]

  func encode(into writer: inout ByteWriter) {
    let start = writer.count
    writer.u32(Self.magic)
    writer.u32(0)
    writer.u16(version)
    writer.u16(UInt16(content.count))
    writer.u32(frame)
    writer.u32(page)
    writer.u32(pages)
    writer.identifier(store)
    writer.u64(generation)
    writer.u64(commit)
    writer.u64(offset)
    writer.raw(content)
    writer.zeros(Self.capacity - content.count)
    writer.patch(Checksum.plain(writer.bytes, start + 8..<start + Self.size), at: start + 4)
  }

  /// Decodes the page at `start` of `bytes`, which were read from offset `base` of the file.
  static func decode(_ bytes: [UInt8], at start: Int, base: UInt64) throws(FormatError) -> CatalogPage {
    var reader = ByteReader(bytes, in: start..<min(bytes.count, start + size))
    guard reader.remaining == size else { throw FormatError(.truncated, at: start) }
    guard try reader.u32() == magic else { throw FormatError(.wrongMagic, at: start) }
    let checksum = try reader.u32()
    guard checksum == Checksum.plain(bytes, start + 8..<start + size) else {
      throw FormatError(.wrongChecksum, at: start)
    }
    let version = try FormatVersion.read(&reader, at: start + 8)
    let used = try reader.u16()
    guard Int(used) <= capacity else { throw FormatError(.tooLarge("used"), at: start + 10) }
    let frame = try reader.u32()
    let page = try reader.u32()
    let pages = try reader.u32()
    guard page < pages else { throw FormatError(.invalid("page"), at: start + 16) }
    let store = try reader.identifier()
    let generation = try reader.u64()
    let commit = try reader.u64()
    guard generation <= 1 << 48, commit <= 1 << 48 else { throw FormatError(.tooLarge("commit"), at: start + 40) }
    let offset = try reader.u64()
    guard offset == base + UInt64(start) else { throw FormatError(.invalid("offset"), at: start + 56) }
    let content = try reader.raw(Int(used))
    guard reader.restIsZero() else { throw FormatError(.invalid("rest of the page"), at: start + headerSize) }
    return CatalogPage(
      version: version, frame: frame, page: page, pages: pages, store: store, generation: generation, commit: commit,
      offset: offset, content: content)
  }
}
