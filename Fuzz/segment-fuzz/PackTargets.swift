@testable import SegmentEngine

/// The parts of a pack (FORMAT.md "Packs"), each by itself.
enum PackTargets {
  private static let (file, offset) = (CodecSamples.file, CodecSamples.offset)
  private static let footerFileBytes: UInt64 = 128 + 5_000 + 48 + 128

  static let headers = FuzzTarget(
    name: "pack-headers",
    seeds: {
      var seeds = zip(0..., CodecCase.samples("pack header", "footer", "segment header", "block header")).map {
        [UInt8($0)] + $1
      }
      let locators = LocatorTable([
        Locator(hash: 4, offset: 200, length: 90, start: 1, end: 2),
        Locator(hash: 1 << 63, offset: 300, length: 20, start: 1, end: 9),
      ])
      seeds.append([4] + locators.encoded)
      return seeds
    },
    run: { bytes in
      let (kind, rest) = bytes.choice
      check(kind % 5, rest)
      var sealed = rest
      switch kind % 5 {
      case 0:
        sealed = rest.sized(PackHeader.size)
        CodecCase.sealed(&sealed) { Checksum.plain($0, $1) }
      case 1:
        sealed = rest.sized(PackFooter.size)
        CodecCase.sealed(&sealed) { Checksum.placed(file, footerFileBytes - 128, $0, $1) }
      case 2:
        sealed.put(UInt32(sealed.count), at: 8)
        CodecCase.sealed(&sealed) { Checksum.placed(file, offset, $0, $1) }
      case 3:
        sealed.put(UInt16(clamping: sealed.count), at: 8)
        CodecCase.sealed(&sealed) { Checksum.placed(file, offset, $0, $1) }
      default: return
      }
      check(kind % 5, sealed)
    })

  static let entry = FuzzTarget(
    name: "directory-entry", seeds: { CodecCase.samples("directory entry", "marker of an erased segment") },
    run: { bytes in
      checkEntry(bytes)
      var sealed = bytes
      sealed.put(UInt32(sealed.count), at: 0)
      CodecCase.sealed(&sealed) { Checksum.placed(file, offset, $0, $1) }
      checkEntry(sealed)
    })

  private static func check(_ kind: UInt8, _ bytes: [UInt8]) {
    switch kind {
    case 0:
      guard let header = accepted({ try PackHeader.decode(bytes) }) else { return }
      require(accepted { try PackHeader.decode(header.encode()) } == header, "a pack header differs")
    case 1:
      guard let footer = accepted({ try PackFooter.decode(bytes, fileBytes: footerFileBytes, pack: file) }) else {
        return
      }
      let again = accepted { try PackFooter.decode(footer.encode(), fileBytes: footerFileBytes, pack: file) }
      require(again == footer, "a footer differs")
    case 2:
      guard let header = accepted({ try SegmentHeader.decode(bytes, pack: file, offset: offset) }) else { return }
      let again = accepted {
        try SegmentHeader.decode(header.encode(pack: file, offset: offset), pack: file, offset: offset)
      }
      require(again == header, "a segment header differs")
    case 3:
      guard let (header, length) = accepted({ try BlockHeader.decode(bytes, pack: file, offset: offset) }) else {
        return
      }
      require(length <= bytes.count, "a block header longer than its bytes")
      let encoded = header.encode(pack: file, offset: offset) { _ in header.frameChecksum }
      require(
        accepted { try BlockHeader.decode(encoded, pack: file, offset: offset).header } == header,
        "a block header differs")
    default: checkLocators(bytes)
    }
  }

  private static func checkLocators(_ bytes: [UInt8]) {
    let count = bytes.count / Locator.size
    guard let table = accepted({ try LocatorTable(bytes, count: count, directory: 128..<4_096) }) else { return }
    require(table.count == count, "another number of locators")
    for locator in table {
      require(locator.offset >= 128 && UInt64(locator.offset) + UInt64(locator.length) <= 4_096, "a locator outside")
      let first = table.lowerBound(locator.hash)
      require(
        table[first].hash == locator.hash && (first == 0 || table[first - 1].hash < locator.hash), "not the first")
    }
    require(table.lowerBound(.max) <= count, "a bound behind the end")
  }

  private static func checkEntry(_ bytes: [UInt8]) {
    if let erased = accepted({ try ErasedEntry.decode(bytes, pack: file, at: offset) }) ?? nil {
      let marker = erased.marker(pack: file, at: offset, length: bytes.count)
      require(
        marker == nil || accepted { try ErasedEntry.decode(marker ?? [], pack: file, at: offset) } == erased,
        "a marker differs")
    }
    guard let entry = accepted({ try SegmentEntry.decode(bytes, pack: file, at: offset) }) ?? nil else { return }
    let encoded = entry.encode(pack: file, at: offset, segmentHeaderLength: Int(entry.headerLength))
    require(accepted { try SegmentEntry.decode(encoded, pack: file, at: offset) } == entry, "an entry differs")
    for block in entry.blocks {
      require(block.frameOffset >= entry.offset, "a block before its segment")
      require(block.frameOffset + UInt64(block.stored) <= entry.offset + entry.length, "a block behind its segment")
      require(block.nextSequence >= block.sequence && block.nextSequence <= entry.nextSequence, "sequences go back")
    }
    // As whoever reads it does.
    _ = (entry.storedBytes, entry.facts.events, entry.facts.rawBytes)
    var facts = entry.facts
    facts.merge(entry.facts)
    require(facts.events >= entry.facts.events, "a sum is smaller than its parts")
  }
}
