import SegmentCodecs
import Testing

@testable import SegmentEngine

@Suite("A project's dictionary compresses its blocks, and either of its copies is enough")
struct DictionaryUseTests {
  private let key = SessionKey(project: "shop", id: "s")
  private let other = SessionKey(project: "blog", id: "s")

  /// A passage that every page of the project holds.
  private static let passage = {
    var generator = SeededGenerator(seed: 11)
    return generator.letters(3_000)
  }()

  private func page(_ index: Int) -> [String] {
    let time = Sample.base + Double(index) * 1_000
    return [Sample.meta(time), Sample.snapshot(time, text: Self.passage + "\(index)")]
  }

  /// Registers a dictionary for the project of `key`.
  private func install(_ store: ReplayStore, version: UInt64 = 1) throws -> Identifier {
    let core = store.core
    let facts = try DictionaryFile.install(
      Array(Self.passage.utf8), project: key.project, version: version, store: core.catalog.state.store,
      core.environment, core.layout)
    try core.catalog.commit { _ in [.addDictionary(facts), .useDictionary(project: facts.project, facts.id)] }
    return facts.id
  }

  @Test("Blocks name it, shrink, and decode, also for a client with nothing but the range and the dictionary")
  func used() async throws {
    let folder = try StoreFolder()
    var store = try await folder.open()
    try await store.add(page(0), to: key)
    try await store.flush()
    let id = try install(store)
    try await store.add(page(1), to: key)
    try await store.add(page(1), to: other)
    try await store.flush()
    for round in 0..<2 {
      let blocks = try await store.byteRanges(in: key).blocks
      #expect(blocks.count == 2)
      #expect(blocks[0].dictionary == nil && blocks[1].dictionary?.description == id.description)
      #expect(blocks[1].length * 4 < blocks[0].length)
      #expect(try await store.byteRanges(in: other).blocks.allSatisfy { $0.dictionary == nil })
      #expect(try await store.export(key) == (page(0) + page(1)).joined(separator: "\n") + "\n")
      #expect(try await store.playback(of: key).all().lines == page(0) + page(1))
      let content = try await store.dictionary(try #require(blocks[1].dictionary))
      #expect(content == Array(Self.passage.utf8))
      let file = try folder.read(blocks[1].file)
      let frame = Array(file[Int(blocks[1].offset)..<Int(blocks[1].offset) + blocks[1].length])
      let raw = try unsafe ZstdDecompressor().decompress(
        frame.span.bytes, rawLength: blocks[1].rawLength, dictionary: try ZstdDictionary(content))
      #expect(raw == Sample.batch(page(1)))
      #expect(try await store.info().dictionaries.count == 2)
      #expect(try await store.verify(deep: true).findings == [])
      if round == 0 {
        try await store.close()
        store = try await folder.open()
      }
    }
    try await store.close()
  }

  @Test("A new version is for new blocks; old ones keep theirs")
  func versions() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    var ids: [String] = []
    for version in 1...3 {
      ids.append(try install(store, version: UInt64(version)).description)
      try await store.add(page(version), to: key)
      try await store.flush()
    }
    let blocks = try await store.byteRanges(in: key).blocks
    #expect(blocks.compactMap { $0.dictionary?.description } == ids)
    #expect(Set(ids).count == 3)
    #expect(try await store.export(key) == (1...3).flatMap(page).joined(separator: "\n") + "\n")
    try await store.close()
  }

  @Test(
    "One copy damaged, short or gone: reading goes on, verify names it", arguments: ["a", "b"],
    ["flipped", "short", "empty", "gone"])
  func damagedCopy(_ copy: String, _ damage: String) async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let id = try install(store)
    try await store.add(page(1), to: key)
    try await store.flush()
    try await store.close()
    let name = "dictionaries/\(id).\(copy).dict"
    var bytes = try folder.read(name)
    switch damage {
    case "flipped": bytes[bytes.count / 2] ^= 4
    case "short": bytes.removeLast()
    default: bytes = []
    }
    if damage == "gone" { try folder.remove(name) } else { try folder.write(bytes, to: name) }
    for mode in [Mode.readOnly, .readWrite] {
      let store = try await folder.open(mode)
      #expect(try await store.export(key) == page(1).joined(separator: "\n") + "\n")
      let findings = try await store.verify(deep: true).findings
      #expect(findings.map(\.file) == [name])
      #expect(findings.first?.severity != .note)
      try await store.close()
    }
    // New blocks can still be made with the other copy.
    let writer = try await folder.open()
    try await writer.add(page(2), to: key)
    try await writer.flush()
    #expect(try await writer.export(key) == (page(1) + page(2)).joined(separator: "\n") + "\n")
    try await writer.close()
  }

  @Test("Both copies damaged: what needs it is a declared gap, all else is read")
  func bothDamaged() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add(page(0), to: key)
    try await store.flush()
    let id = try install(store)
    try await store.add(page(1), to: key)
    try await store.flush()
    try await store.add(page(2), to: key)
    try await store.close()
    for copy in ["a", "b"] {
      let name = "dictionaries/\(id).\(copy).dict"
      var bytes = try folder.read(name)
      bytes[bytes.count - 3] ^= 1
      try folder.write(bytes, to: name)
    }
    let reader = try await folder.open(.readOnly)
    let read = try await reader.events(in: key).all()
    #expect(read.lines == page(0) + page(2))
    #expect(read.gaps.map(\.reason) == [.lost] && read.gaps.first?.sequences == 2..<4)
    let sorted = try await reader.events(in: key, order: .time).all()
    #expect(sorted.lines == page(0) + page(2) && sorted.gaps.map(\.sequences) == [2..<4])
    let files = Set(try await reader.verify(deep: true).findings.map(\.file))
    #expect(files.isSuperset(of: ["dictionaries/\(id).a.dict", "dictionaries/\(id).b.dict"]))
    try await reader.close()
  }

  @Test("One that a pack names cannot be removed, one that none names can")
  func removal() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let unused = try install(store)
    let used = try install(store, version: 2)
    try await store.add(page(1), to: key)
    try await store.flush()
    let catalog = store.core.catalog
    let error = await failure { _ = try catalog.commit { _ in [.removeDictionary(used)] } }
    #expect(error?.code == .conflict)
    try catalog.commit { _ in [.removeDictionary(unused)] }
    #expect(try await store.export(key) == page(1).joined(separator: "\n") + "\n")
    try await store.close()
    // Its files are orphans now.
    let next = try await folder.open()
    #expect(try folder.files(in: "dictionaries") == ["dictionaries/\(used).a.dict", "dictionaries/\(used).b.dict"])
    #expect(try await next.verify(deep: true).findings == [])
    try await next.close()
  }
}
