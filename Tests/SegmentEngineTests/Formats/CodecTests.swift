import Testing

@testable import SegmentEngine

@Suite("What was written is read back, and nothing else is taken for it")
struct CodecTests {
  @Test("Every structure survives the way to bytes and back")
  func roundTrips() throws {
    let decoded = CodecSamples.cases.map { $0.decode($0.bytes) }
    for (sample, found) in zip(CodecSamples.cases, decoded) { #expect(found != nil, "\(sample.name)") }
    let file = CodecSamples.file
    let offset = CodecSamples.offset
    #expect(
      try SegmentEntry.decode(
        CodecSamples.entry.encode(pack: file, at: offset, segmentHeaderLength: 60), pack: file, at: offset)
        == CodecSamples.entry)
    for details in [
      RecordDetails.events(CodecSamples.batch),
      .tags([TagChange(key: "k", value: ""), TagChange(key: "", value: nil)]), .finish,
    ] {
      let bytes = CodecSamples.record(details)
      let head = try RecordHead.decode(bytes, at: 0, journal: file, offset: offset)
      #expect(head.details == details && head.session == CodecSamples.key && head.headLength == bytes.count)
      #expect(head.sequence == 1 << 40 && head.received == 1_700_000_000_000.125 && head.appliedCommit == 300)
    }
  }

  @Test("Cut short anywhere, it is refused", arguments: CodecCase.all.indices)
  func truncated(_ index: Int) {
    let sample = CodecCase.all[index]
    for length in 0..<sample.bytes.count {
      let cut = Array(sample.bytes.prefix(length))
      #expect(sample.decode(cut) == nil, "\(sample.name), \(length) bytes")
      // Whoever cut it may have made the checksum fit.
      var sealed = cut
      sample.seal?(&sealed)
      #expect(sample.decode(sealed) != sample.decode(sample.bytes), "\(sample.name), \(length) bytes, sealed")
    }
  }

  @Test("With any one bit turned, it is refused", arguments: CodecCase.all.indices)
  func flipped(_ index: Int) {
    let sample = CodecCase.all[index]
    for byte in sample.bytes.indices {
      for bit in 0..<8 {
        var bytes = sample.bytes
        bytes[byte] ^= 1 << UInt8(bit)
        #expect(sample.decode(bytes) == nil, "\(sample.name), byte \(byte), bit \(bit)")
      }
    }
  }

  @Test(
    "Garbage with a fitting checksum is read as something or refused, and never traps", arguments: CodecCase.all.indices
  )
  func garbage(_ index: Int) {
    let sample = CodecCase.all[index]
    guard let seal = sample.seal else { return }
    var generator = SeededGenerator(seed: 1_000 + index)
    var refused = 0
    for _ in 0..<4_000 {
      var bytes = sample.bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        // The fixed parts in front and the lists behind both get their share.
        let place = Int.random(in: 8..<bytes.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
        case 2: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 3: for at in place..<min(bytes.count, place + 10) { bytes[at] = 0xFF }
        case 4 where bytes.count > 80: bytes.removeSubrange(place..<min(bytes.count, place + 3))
        default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        }
        if bytes.count < 16 { bytes = sample.bytes }
      }
      seal(&bytes)
      if sample.decode(bytes) == nil { refused += 1 }
    }
    #expect(refused > 100, "\(sample.name)")
  }

  @Test("A checksum names its place: the right bytes at a wrong one are refused")
  func misplaced() throws {
    let (file, offset) = (CodecSamples.file, CodecSamples.offset)
    let other = CodecSamples.store
    let record = CodecSamples.record(.finish)
    let group = GroupHeader(journal: file, offset: offset, durable: 4_096, length: 900, records: 3, written: 1).encode()
    let entry = CodecSamples.entry.encode(pack: file, at: offset, segmentHeaderLength: 60)
    for (id, place) in [(other, offset), (file, offset + 8), (file, 0)] {
      #expect(throws: FormatError.self) { try RecordHead.decode(record, at: 0, journal: id, offset: place) }
      #expect(throws: FormatError.self) { try GroupHeader.decode(group, at: 0, journal: id, offset: place) }
      #expect(throws: FormatError.self) { try SegmentEntry.decode(entry, pack: id, at: place) }
    }
  }

  @Test("An erased directory entry is none")
  func erased() throws {
    var bytes = CodecSamples.entry.encode(pack: CodecSamples.file, at: CodecSamples.offset, segmentHeaderLength: 60)
    bytes[8] = 2
    for place in 9..<bytes.count { bytes[place] = 0 }
    CodecCase.sealed(&bytes) { Checksum.placed(CodecSamples.file, CodecSamples.offset, $0, $1) }
    #expect(try SegmentEntry.decode(bytes, pack: CodecSamples.file, at: CodecSamples.offset) == nil)
  }
}
