import SegmentFiles

@testable import SegmentEngine

/// A pack taken apart, so that any fact of it can be changed and all checksums be right again.
struct PackModel {
  struct Part {
    var header: SegmentHeader
    var blocks: [(header: BlockHeader, frame: [UInt8])]
    var entry: SegmentEntry
  }

  var header: PackHeader
  var parts: [Part] = []
  var footer: PackFooter
  /// Changes the locators when all places are known.
  var changeLocators: (inout [Locator]) -> Void = { _ in }
  /// Changes an entry when all places are known: it is written as it is then.
  var changeEntries: (inout [SegmentEntry]) -> Void = { _ in }

  /// Without segments that were erased.
  init(_ pack: PackFile) throws {
    header = try PackHeader.decode(try pack.read(at: 0, count: PackHeader.size, "header"))
    let end = try pack.readEnd()
    footer = end.footer
    for locator in end.locators.sorted(by: { $0.offset < $1.offset }) {
      guard let entry = try pack.readEntry(offset: locator.offset, length: locator.length) else { continue }
      let bytes = try pack.read(at: entry.offset, count: Int(entry.headerLength), "segment header")
      parts.append(
        Part(
          header: try SegmentHeader.decode(bytes, pack: pack.id, offset: entry.offset),
          blocks: try entry.blocks.map { block in
            let offset = block.frameOffset - UInt64(block.headerLength)
            let bytes = try pack.read(at: offset, count: block.headerLength, "block header")
            return (
              try BlockHeader.decode(bytes, pack: pack.id, offset: offset).header,
              try pack.readFrame(block, of: entry.session)
            )
          }, entry: entry))
    }
  }

  /// The pack's bytes: places, lengths and checksums are worked out anew, all else is as it stands here.
  func encoded() -> (bytes: [UInt8], footerBytes: UInt64) {
    var bytes = header.encode()
    var entries: [SegmentEntry] = []
    var lengths: [Int] = []
    for part in parts {
      var entry = part.entry
      entry.offset = UInt64(bytes.count)
      var head = part.header
      let length = head.encode(pack: header.id, offset: entry.offset).count
      var blocks: [UInt8] = []
      for (place, block) in part.blocks.enumerated() {
        let offset = entry.offset + UInt64(length + blocks.count)
        var checksum: UInt32 = 0
        var head = block.header
        head.stored = UInt32(block.frame.count)
        let encoded = head.encode(pack: header.id, offset: offset) { frameOffset in
          checksum = Checksum.placed(header.id, frameOffset, block.frame, 0..<block.frame.count)
          return checksum
        }
        blocks += encoded + block.frame
        entry.blocks[place].frameOffset = offset + UInt64(encoded.count)
        entry.blocks[place].headerLength = encoded.count
        entry.blocks[place].stored = block.frame.count
        entry.blocks[place].frameChecksum = checksum
      }
      // What was asked for counts, also where it is wrong.
      if head.blocksLength == UInt32(part.entry.length) - UInt32(part.entry.headerLength) {
        head.blocksLength = UInt32(blocks.count)
      }
      bytes += head.encode(pack: header.id, offset: entry.offset) + blocks
      entry.length = UInt64(bytes.count) - entry.offset
      entries.append(entry)
      lengths.append(length)
    }
    changeEntries(&entries)
    let directoryOffset = UInt64(bytes.count)
    var locators: [Locator] = []
    for (entry, length) in zip(entries, lengths) {
      let encoded = entry.encode(pack: header.id, at: UInt64(bytes.count), segmentHeaderLength: length)
      locators.append(Locator(of: entry, offset: UInt32(bytes.count), length: UInt32(encoded.count)))
      bytes += encoded
    }
    changeLocators(&locators)
    let table = Array(LocatorTable(locators).encoded)
    var footer = footer
    footer.directoryOffset = directoryOffset
    footer.locatorsOffset = UInt64(bytes.count)
    footer.segments = UInt32(locators.count)
    footer.locatorsChecksum = Checksum.placed(header.id, footer.locatorsOffset, table, 0..<table.count)
    footer.fileBytes = UInt64(bytes.count + table.count + PackFooter.size)
    bytes += table + footer.encode()
    return (bytes, UInt64(table.count + PackFooter.size))
  }
}
