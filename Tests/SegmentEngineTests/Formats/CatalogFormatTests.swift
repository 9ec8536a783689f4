import Testing

@testable import SegmentEngine

@Suite("The catalog survives the loss of any page, and its edits survive the way to bytes")
struct CatalogFormatTests {
  private static let page = CatalogPage.size

  private func frame(_ number: UInt32, bytes: Int) -> CatalogFrame {
    var generator = SeededGenerator(seed: Int(number))
    return CatalogFrame(
      store: CodecSamples.store, generation: 3, commit: 40 + UInt64(number), number: number,
      content: (0..<bytes).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }

  /// Frames of 1, 3, 1 and 2 pages.
  private var frames: [CatalogFrame] {
    [100, 9_000, CatalogPage.capacity, CatalogPage.capacity + 1].enumerated().map { frame(UInt32($0), bytes: $1) }
  }

  private func file(_ frames: [CatalogFrame]) -> [UInt8] {
    var bytes: [UInt8] = []
    for frame in frames { bytes += frame.encode(at: UInt64(bytes.count)) }
    return bytes
  }

  private func same(_ found: [CatalogFrame], _ expected: [CatalogFrame]) -> Bool {
    found.map(\.content) == expected.map(\.content) && found.map(\.commit) == expected.map(\.commit)
      && found.map(\.number) == expected.map(\.number)
  }

  @Test("Frames of any number of pages are read back, from the start or from where one was read to")
  func roundTrip() {
    let bytes = file(frames)
    let scan = CatalogScan(bytes, base: 0, next: 0)
    #expect(same(scan.frames, frames))
    #expect(scan.end == UInt64(bytes.count) && !scan.hasTornTail && scan.lost == nil && scan.damagedCopies.isEmpty)
    let start = frames[0].encode(at: 0).count
    let rest = CatalogScan(Array(bytes[start...]), base: UInt64(start), next: 1)
    #expect(same(rest.frames, Array(frames[1...])) && rest.end == UInt64(bytes.count))
  }

  @Test("Any one page may be lost, to noise, zeros or a page of another place")
  func lostPage() {
    let bytes = file(frames)
    let pages = bytes.count / Self.page
    for lost in 0..<pages {
      var generator = SeededGenerator(seed: lost)
      let other = (lost + 1) % pages * Self.page
      let replacements: [[UInt8]] = [
        (0..<Self.page).map { _ in UInt8.random(in: 0...255, using: &generator) },
        [UInt8](repeating: 0, count: Self.page),
        Array(bytes[other..<other + Self.page]),
      ]
      for replacement in replacements {
        var damaged = bytes
        damaged.replaceSubrange(lost * Self.page..<(lost + 1) * Self.page, with: replacement)
        let scan = CatalogScan(damaged, base: 0, next: 0)
        #expect(same(scan.frames, frames), "page \(lost)")
        #expect(
          scan.damagedCopies == [UInt64(lost * Self.page)] && scan.lost == nil && !scan.hasTornTail, "page \(lost)")
      }
    }
  }

  @Test("Either copy may be lost whole")
  func lostCopy() {
    for copy in 0..<2 {
      var bytes: [UInt8] = []
      for frame in frames {
        var encoded = frame.encode(at: UInt64(bytes.count))
        let half = encoded.count / 2
        for place in copy * half..<(copy + 1) * half { encoded[place] = 0 }
        bytes += encoded
      }
      let scan = CatalogScan(bytes, base: 0, next: 0)
      #expect(same(scan.frames, frames))
      #expect(scan.damagedCopies.count == bytes.count / Self.page / 2)
    }
  }

  @Test("A frame lost in both copies is damage where another follows, and a torn tail at the end")
  func lostFrame() {
    let bytes = file(frames)
    var start = 0
    for (place, frame) in frames.enumerated() {
      let length = frame.encode(at: UInt64(start)).count
      var damaged = bytes
      for copy in 0..<2 { damaged[start + copy * length / 2 + 100] ^= 1 }
      let scan = CatalogScan(damaged, base: 0, next: 0)
      #expect(same(scan.frames, Array(frames.prefix(place))))
      if place == frames.count - 1 {
        #expect(scan.lost == nil && scan.hasTornTail)
      } else {
        #expect(scan.lost == UInt64(start))
      }
      start += length
    }
  }

  @Test("Cut short anywhere, what is whole before is read, and nothing is made up")
  func truncated() {
    let bytes = file(frames)
    for length in stride(from: 0, through: bytes.count, by: 1_009) {
      let scan = CatalogScan(Array(bytes.prefix(length)), base: 0, next: 0)
      #expect(same(scan.frames, Array(frames.prefix(scan.frames.count))))
      #expect(scan.lost == nil)
      let whole = scan.frames.reduce(0) { $0 + $1.encode(at: 0).count }
      // A copy alone is enough.
      #expect(scan.frames.count == frames.count || scan.hasTornTail == (length > whole))
    }
  }

  @Test("Every kind of edit survives the way to bytes, cut short or turned it never traps")
  func edits() throws {
    var writer = ByteWriter()
    for edit in CodecSamples.edits { edit.encode(into: &writer) }
    let bytes = writer.bytes
    #expect(try CatalogEdit.decodeAll(bytes) == CodecSamples.edits)
    var whole = 0
    for length in 0..<bytes.count {
      if let edits = try? CatalogEdit.decodeAll(Array(bytes.prefix(length))) {
        #expect(edits == Array(CodecSamples.edits.prefix(edits.count)))
        whole += 1
      }
    }
    #expect(whole == CodecSamples.edits.count)
    var generator = SeededGenerator(seed: 4)
    for round in 0..<20_000 {
      var damaged = bytes
      for _ in 0...round % 3 {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let flipped = damaged[place] ^ (1 << UInt8(round / 2 % 8))
        damaged[place] = round % 2 == 0 ? UInt8.random(in: 0...255, using: &generator) : flipped
      }
      guard let edits = try? CatalogEdit.decodeAll(damaged) else { continue }
      // What can be read can be written, and reads the same.
      var again = ByteWriter()
      for edit in edits { edit.encode(into: &again) }
      #expect(try CatalogEdit.decodeAll(again.bytes) == edits, "round \(round)")
      var state = CatalogState(store: CodecSamples.store)
      for edit in edits { try? state.apply(edit) }
    }
  }

  // Found when the edits got a target for the fuzzer: a journal of the ordinal 2^64 - 1 overflowed where the next one's is
  // reckoned, and packs of such sizes in each sum over them. An edit that says so must be refused as any other damage is,
  // not end the process at each opening.
  @Test("Numbers that others are reckoned from are refused where no real store comes near them")
  func reckonedNumbers() throws {
    let id = CodecSamples.file
    var pack = CodecSamples.pack
    pack.dictionaries = []
    func packs(_ change: (inout PackFacts) -> Void) -> CatalogEdit {
      var changed = pack
      change(&changed)
      return .addPack(changed)
    }
    let numbers: [UInt64] = [1 << 48, (1 << 48) + 1, .max]
    for number in numbers {
      let edits: [CatalogEdit] = [
        .addJournal(id: id, ordinal: number, epoch: 1, created: 1),
        .addJournal(id: id, ordinal: 1, epoch: number, created: 1),
        .sealJournal(id: id, end: number, damaged: false), .epoch(number), .ordinal(number),
        .addGone(GoneFacts(id: id, entries: number, lastDay: 1)), .policy(PolicyDocument(version: number, json: [])),
        packs { $0.fileBytes = number }, packs { $0.footerBytes = number }, packs { $0.segments = number },
        packs { $0.events = number }, packs { $0.rawBytes = number }, packs { $0.storedBytes = number },
        packs { $0.packedEvents = number }, packs { $0.firstOrdinal = number }, packs { $0.lastOrdinal = number },
      ]
      for edit in edits {
        var writer = ByteWriter()
        edit.encode(into: &writer)
        guard number == 1 << 48 else {
          #expect(throws: FormatError.self, "\(edit)") { try CatalogEdit.decodeAll(writer.bytes) }
          continue
        }
        #expect(try CatalogEdit.decodeAll(writer.bytes) == [edit])
        var state = CatalogState(store: CodecSamples.store)
        if case .sealJournal = edit { continue }
        try state.apply(edit)
      }
    }
  }

  @Test("An edit of an unknown kind refuses the whole catalog")
  func unknownEdit() {
    var writer = ByteWriter()
    writer.u8(20)
    writer.varint(0 as UInt64)
    #expect(throws: FormatError.self) { try CatalogEdit.decodeAll(writer.bytes) }
  }

  @Test("A state is the same after a new generation repeats it")
  func snapshot() throws {
    var state = CatalogState(store: CodecSamples.store)
    for edit in CodecSamples.edits.dropLast(3) { try state.apply(edit) }
    state.commit = 12
    state.generation = 2
    var writer = ByteWriter()
    for edit in state.snapshot() { edit.encode(into: &writer) }
    var again = CatalogState(store: CodecSamples.store)
    for edit in try CatalogEdit.decodeAll(writer.bytes) { try again.apply(edit) }
    again.commit = state.commit
    again.generation = state.generation
    // A request is known by the commit that brought it.
    again.flushRequest = state.flushRequest
    #expect(again == state)
  }
}
