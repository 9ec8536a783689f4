import Testing

@testable import SegmentEngine

@Suite("A damaged pack is left as it is; everything else is promoted")
struct CompactingDamageTests {
  enum Damage: CaseIterable { case frame, entry, footer, missing }

  private let spanning = SessionKey(id: "spanning")

  @Test(
    "Nothing else is lost, verify names it, and no session's parts overlap", arguments: Damage.allCases, [true, false])
  func damaged(_ damage: Damage, _ merges: Bool) async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let configuration = Configuration.compacting(recentHours: merges ? 24 : 0)
    let store = try await folder.open(.readWrite, configuration, clock: clock)
    var expected: [SessionKey: [String]] = [:]
    for pack in 0..<17 {
      for key in [spanning, SessionKey(id: "own\(pack)")] {
        let lines = [Sample.custom(Sample.base + Double(pack), tag: "\(key.id) \(pack)"), Sample.click(Sample.base)]
        expected[key, default: []] += lines
        try await store.add(lines, to: key)
      }
      try await store.flush()
    }
    let victim = try store.packs()[8]
    let name = store.core.layout.relative(store.core.layout.pack(victim.id))
    let block = try #require(
      try store.core.resolve(spanning).parts.first { $0.pack.id == victim.id }?.entry.blocks.first)
    let footer = try store.core.packs.pack(victim).readFooter()
    var bytes = try folder.read(name)
    switch damage {
    case .frame: bytes[Int(block.frameOffset) + block.stored / 2] ^= 0x10
    case .entry: bytes[Int(footer.directoryOffset) + 30] ^= 0x10
    case .footer: bytes[bytes.count - 20] ^= 0x10
    case .missing: break
    }
    if damage == .missing { try folder.remove(name) } else { try folder.write(bytes, to: name) }
    // In this process the pack may be open, and what is damaged was read before: a process of its own does the work.
    try await store.close()
    let next = try await folder.open(.readWrite, configuration, clock: clock)
    let files = Set(try await next.verify(deep: true).findings.filter { $0.severity == .damage }.map(\.file))
    #expect(files == [name] || files.contains(name))
    if !merges { clock.advance(hours: 30) }
    let report = try await next.maintain(merges ? [.merge] : [.promotion])
    let left = try next.packs()
    #expect(left.contains { $0.id == victim.id })
    if merges {
      #expect(report.rewrites.map(\.kind) == [.merge] && report.rewrites[0].packsRead == 16)
      #expect(left.count == 2)
    } else {
      #expect(left.allSatisfy { $0.tier == .archive || $0.id == victim.id })
    }
    for handle in [next, try await folder.open(.readOnly, configuration, clock: clock)] {
      for pack in 0..<17 where pack != 8 {
        let key = SessionKey(id: "own\(pack)")
        #expect(try await handle.events(in: key).all().lines == expected[key], "\(damage), \(pack)")
      }
      // A session of which an entry cannot be read says so; otherwise all but what is damaged is given. What a footer says
      // its directory says too: it once cost every session of its pack, and those that ended there without a word.
      if damage == .frame || damage == .footer {
        let lines = try #require(expected[spanning])
        let read = try await handle.events(in: spanning).all()
        let isLost = damage == .frame
        #expect(read.lines == Array(lines[..<16]) + Array(lines[(isLost ? 18 : 16)...]), "\(damage)")
        #expect(read.gaps.map(\.sequences) == (isLost ? [16..<18] : []), "\(damage)")
      }
      let report = try await handle.verify(deep: true)
      #expect(report.findings.contains { $0.file == name && $0.severity == .damage })
      #expect(!report.findings.contains { $0.message.contains("in two files") }, "\(damage)")
      if handle !== next { try await handle.close() }
    }
    // Said once, left alone from then on.
    #expect(try await next.maintain([.merge, .promotion]).rewrites.filter { $0.kind == .promotion }.isEmpty)
    if damage == .frame {
      // Whoever repairs the byte has everything again.
      bytes[Int(block.frameOffset) + block.stored / 2] ^= 0x10
      try folder.write(bytes, to: name)
      try await next.close()
      let again = try await folder.open(.readWrite, configuration, clock: clock)
      for (key, lines) in expected { #expect(try await again.events(in: key).all().lines == lines) }
      #expect(try await again.verify(deep: true).findings == [])
      try await again.maintain([.merge, .promotion])
      for (key, lines) in expected { #expect(try await again.events(in: key).all().lines == lines) }
      #expect(try await again.verify(deep: true).findings == [])
      try await again.close()
    } else {
      try await next.close()
    }
  }

  @Test("Locators that are damaged cost nothing, and are made again by whatever rewrites the pack")
  func locators() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 24))
    var lines: [String] = []
    for pack in 0..<9 {
      lines.append(Sample.mutation(Sample.base + Double(pack), text: "\(pack)"))
      try await store.add([lines[pack]], to: spanning)
      try await store.flush()
    }
    let victim = try store.packs()[4]
    let name = store.core.layout.relative(store.core.layout.pack(victim.id))
    let footer = try store.core.packs.pack(victim).readFooter()
    try await store.close()
    var bytes = try folder.read(name)
    bytes[Int(footer.locatorsOffset) + 3] ^= 0x10
    try folder.write(bytes, to: name)
    let next = try await folder.open(.readWrite, .compacting(recentHours: 24))
    #expect(try await next.events(in: spanning).all().lines == lines)
    #expect(try await next.maintain([.merge]).rewrites.map(\.packsRead) == [9])
    #expect(try await next.events(in: spanning).all().lines == lines)
    #expect(try await next.verify(deep: true).findings == [])
    try await next.close()
  }
}
