import SegmentCodecs
import SegmentFiles

@testable import SegmentEngine

/// A whole pack, read as playback, sweeps and erasure read it.
enum PackFileTarget {
  static let target = FuzzTarget(name: "pack-file", seeds: { seeds }, run: check)

  private static let id = CodecSamples.file

  private static var seeds: [[UInt8]] {
    var entry = CodecSamples.entry
    entry.offset = 128
    let content = [UInt8](repeating: 0x61, count: 40)
    for place in entry.blocks.indices {
      entry.blocks[place].headerLength = 38
      entry.blocks[place].stored = content.count
      entry.blocks[place].raw = content.count
      entry.blocks[place].events = 7
      entry.blocks[place].keyframes = []
      entry.blocks[place].codec = .none
      entry.blocks[place].dictionary = 0
      entry.blocks[place].frameOffset = 128 + 60 + UInt64(place * 78 + 38)
      entry.blocks[place].frameChecksum = unsafe Checksum.placed(
        id, entry.blocks[place].frameOffset, content.span.bytes)
    }
    entry.length = 60 + 2 * 78
    let header = PackHeader(
      tier: .archive, expiryDay: 20_000, store: CodecSamples.store, id: id, created: 5, className: "kept")
    var image = header.encode() + [UInt8](repeating: 0, count: 60)
    for _ in 0..<2 { image += [UInt8](repeating: 0, count: 38) + content }
    let directory = UInt64(image.count)
    let encoded = entry.encode(pack: id, at: directory, segmentHeaderLength: 60)
    image += encoded
    let marker = CodecSamples.erased.marker(pack: id, at: UInt64(image.count), length: 60) ?? []
    image += marker
    let locators = LocatorTable([
      Locator(
        hash: KeyHash.of(entry.session), offset: UInt32(directory), length: UInt32(encoded.count), start: 1, end: 2),
      Locator(
        hash: 9, offset: UInt32(directory) + UInt32(encoded.count), length: UInt32(marker.count), start: 1, end: 2),
    ])
    let footer = PackFooter(
      id: id, fileBytes: UInt64(image.count + 48 + 128), directoryOffset: directory,
      locatorsOffset: UInt64(image.count), segments: 2, locatorsChecksum: 6, events: 7, rawBytes: 8, storedBytes: 9,
      firstReceived: 10, lastReceived: 11, firstOrdinal: 12, lastOrdinal: 13, packedEvents: 14)
    image += locators.encoded + footer.encode()
    return [[0] + image, [1] + image]
  }

  private static func check(_ input: [UInt8]) {
    let (choice, rest) = input.choice
    var bytes = rest
    if choice & 1 == 0 { seal(&bytes) }
    let size = UInt64(bytes.count)
    var facts = CodecSamples.pack
    facts.id = id
    facts.fileBytes = size
    facts.footerBytes = UInt64(bytes.number(at: bytes.count - 80)) * UInt64(Locator.size) + UInt64(PackFooter.size)
    let environment = ImageFileSystem.environment(bytes)
    guard let pack = accepted({ try PackFile(facts, environment, Layout(root: "/store")) }) else { return }
    if let reader = accepted({ try DirectoryReader(pack, window: 64) }) {
      var entries = 0
      while let entry = accepted({ try reader.next() }) ?? nil {
        entries += 1
        require(reader.entry.upperBound <= size, "an entry that reaches beyond the pack")
        for block in entry.blocks { check(block, of: entry, in: pack) }
      }
      require(entries * 9 <= bytes.count, "more entries than the pack has room for")
    }
    guard let (footer, locators) = accepted({ try pack.readEnd() }) else { return }
    require(
      footer.locatorsOffset + UInt64(locators.count * Locator.size + PackFooter.size) == size, "a footer elsewhere")
    for locator in locators {
      _ = accepted { try pack.readEntry(offset: locator.offset, length: locator.length) }
      if let erased = accepted({ try pack.readErased(offset: locator.offset, length: locator.length) }) {
        require(erased.offset + erased.length <= size, "an erased segment beyond the pack")
      }
    }
  }

  private static func check(_ block: BlockEntry, of entry: SegmentEntry, in pack: PackFile) {
    guard let frame = accepted({ try pack.readFrame(block, of: entry.session) }) else { return }
    require(frame.count == block.stored, "a frame of another length")
    guard block.codec == .zstd else { return }
    let content = accepted {
      try unsafe ZstdDecompressor().decompress(frame.span.bytes, rawLength: block.raw, dictionary: nil)
    }
    require(content.map { $0.count == block.raw } ?? true, "content of another length")
  }

  /// Makes the checksums of footer, locators, directory and blocks fit.
  private static func seal(_ bytes: inout [UInt8]) {
    let end = bytes.count - PackFooter.size
    guard end >= PackHeader.size else { return }
    bytes.put(UInt64(bytes.count), at: end + 24)
    let (directory, locators) = (Int(bytes.number(at: end + 32)), Int(bytes.number(at: end + 40)))
    if directory >= 0, directory <= locators, locators <= end {
      var at = directory
      while at + 9 <= locators {
        let length = Int(bytes.number(at: at))
        guard length >= 9, length <= locators - at else { break }
        bytes.put(Checksum.placed(id, UInt64(at), bytes, at + 8..<at + length), at: at + 4)
        at += length
      }
      bytes.put(Checksum.placed(id, UInt64(locators), bytes, locators..<end), at: end + 52)
    }
    bytes.put(Checksum.placed(id, UInt64(end), bytes, end + 8..<bytes.count), at: end + 4)
    bytes.put(Checksum.plain(bytes, 8..<PackHeader.size), at: 4)
  }
}
