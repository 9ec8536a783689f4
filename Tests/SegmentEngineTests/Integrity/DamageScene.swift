import SegmentCodecs
import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// A reference store whose files go by what they are, to be damaged:
/// `archive`, `pinned`, `first`, `second` (packs), `sealed`, `open` (journals), `a`, `b` (dictionary), `gone`, `catalog`,
/// `durable`.
struct DamageScene {
  let reference: ReferenceStore
  /// The store as it was.
  let core: StoreCore
  private(set) var files: [String: [UInt8]]
  private let names: [String: String]
  private let packs: [String: PackFacts]
  private(set) var state: CatalogState

  init(_ reference: ReferenceStore) throws {
    self.reference = reference
    core = try reference.onDisk().openReference()
    files = reference.files
    state = core.catalog.state
    let layout = SimulatedStore.layout
    let recent = state.packs.filter { $0.tier == .recent }
    var packs: [String: PackFacts] = [:]
    packs["archive"] = state.packs.first { $0.className == "default" }
    packs["pinned"] = state.packs.first { $0.className == Policy.pinnedClass }
    packs["first"] = recent.first
    packs["second"] = recent.last
    self.packs = packs
    var names = packs.mapValues { layout.relative(layout.pack($0.id)) }
    for journal in state.journals {
      names[journal.sealedEnd == nil ? "open" : "sealed"] = layout.relative(layout.journal(journal.id))
    }
    for dictionary in state.dictionaries {
      names["a"] = layout.relative(layout.dictionary(dictionary.id, copy: 0))
      names["b"] = layout.relative(layout.dictionary(dictionary.id, copy: 1))
    }
    for list in state.gone { names["gone"] = layout.relative(layout.gone(list.id)) }
    self.names = names
  }

  func name(_ file: String) -> String { names[file] ?? file }
  func alias(_ name: String) -> String { names.first { $0.value == name }?.key ?? name }

  /// The bytes of a file; nil where it is gone.
  subscript(_ file: String) -> [UInt8]? {
    get { files[name(file)] }
    set { files[name(file)] = newValue }
  }

  func facts(_ pack: String) throws -> PackFacts { try Self.known(packs[pack], pack) }

  /// A pack as it was.
  func pack(_ pack: String) throws -> PackFile { try PackFile(facts(pack), core.environment, core.layout) }

  /// A session's segment in a pack, and where its entry stands.
  func segment(_ pack: String, _ key: SessionKey) throws -> (entry: SegmentEntry, place: Range<Int>) {
    let file = try self.pack(pack)
    for locator in try file.readEnd().locators {
      if let entry = try file.readEntry(offset: locator.offset, length: locator.length), entry.session == key {
        return (entry, Int(locator.offset)..<Int(locator.offset + locator.length))
      }
    }
    throw StoreError(.notFound, "\(key) has nothing in \(pack)")
  }

  func block(_ pack: String, _ key: SessionKey, _ number: Int) throws -> BlockEntry {
    let blocks = try segment(pack, key).entry.blocks
    return blocks[number < 0 ? blocks.count + number : number]
  }

  /// Heads of a journal's records with events, in order.
  func record(_ journal: String, _ number: Int) throws -> RecordHead {
    let id = try Self.known(
      state.journals.first { core.layout.relative(core.layout.journal($0.id)) == name(journal) }, journal)
    var found: [RecordHead] = []
    let file = try JournalFile(id.id, core.environment, core.layout)
    var scan = try JournalScan(file.file, id: id.id)
    try scan.run(trust: .all(mark: 0)) { if $0.head.events > 0 { found.append($0.head) } }
    return found[number]
  }

  private static func known<T>(_ value: T?, _ what: String) throws -> T {
    guard let value else { throw StoreError(.notFound, "there is no \(what)") }
    return value
  }

  // MARK: Damaging

  mutating func flip(_ file: String, _ byte: some BinaryInteger) { self[file]?[Int(byte)] ^= 0x20 }

  mutating func fill(_ file: String, _ range: Range<Int>, _ byte: UInt8 = 0xA5) {
    for place in range { self[file]?[place] = byte }
  }

  mutating func cut(_ file: String, to length: Int) { self[file] = Array((self[file] ?? []).prefix(length)) }

  /// Changes what the catalog says and writes it as one generation.
  mutating func changeCatalog(_ change: (inout CatalogState) throws -> Void) rethrows {
    try change(&state)
    self["catalog"] = Self.encode(state)
  }

  static func encode(_ state: CatalogState) -> [UInt8] {
    var content = ByteWriter()
    for edit in state.snapshot() { edit.encode(into: &content) }
    return CatalogFrame(
      store: state.store, generation: state.generation, commit: state.commit, number: 0, content: content.bytes,
      version: state.formatVersion
    ).encode(at: 0)
  }

  /// Changes facts of a pack and makes all checksums right, and the catalog's idea of its size.
  mutating func changePack(_ pack: String, _ change: (inout PackModel) throws -> Void) throws {
    var model = try PackModel(self.pack(pack))
    try change(&model)
    let (bytes, footerBytes) = model.encoded()
    self[pack] = bytes
    let id = try facts(pack).id
    changeCatalog { state in
      for place in state.packs.indices where state.packs[place].id == id {
        state.packs[place].fileBytes = UInt64(bytes.count)
        state.packs[place].footerBytes = footerBytes
      }
    }
  }

  /// Changes facts of a pack in the catalog.
  mutating func changeFacts(_ pack: String, _ change: (inout PackFacts) -> Void) throws {
    let id = try facts(pack).id
    changeCatalog { state in
      for place in state.packs.indices where state.packs[place].id == id { change(&state.packs[place]) }
    }
  }

  /// Writes a number into the fixed part of a record and makes its checksum right.
  mutating func changeRecord<T: FixedWidthInteger>(_ journal: String, _ head: RecordHead, at place: Int, _ value: T) {
    guard var bytes = self[journal], let id = Identifier(name(journal).dropFirst(9).dropLast(8)) else { return }
    let start = Int(head.offset)
    for byte in 0..<MemoryLayout<T>.size {
      bytes[start + place + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
    }
    let checksum = Checksum.placed(id, head.offset, bytes, start + 8..<start + head.headLength)
    for byte in 0..<4 { bytes[start + 4 + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * byte)) }
    self[journal] = bytes
  }

  // MARK: Looking

  func store() throws -> SimulatedStore {
    var scene = reference
    scene.files = files
    return try scene.onDisk()
  }

  /// What is to be found of every block that needs a dictionary, where there is none.
  func blocksWithDictionary() throws -> [String] {
    try packs.keys.flatMap { pack -> [String] in
      let file = try self.pack(pack)
      return try file.readEnd().locators.flatMap { locator -> [String] in
        guard let entry = try file.readEntry(offset: locator.offset, length: locator.length) else { return [] }
        return entry.blocks.filter { $0.dictionary > 0 }.map {
          "damage \(pack) @\($0.frameOffset) \(entry.session) timed"
        }
      }
    }
  }

  /// What `verify` finds, as `damage second @120 shop/alice timed`, sorted.
  func findings(_ reader: StoreCore, deep: Bool = true) throws -> [String] {
    let findings = try reader.verified(deep: deep).findings.map { finding -> String in
      var text = "\(finding.severity.rawValue) \(alias(finding.file))"
      if let offset = finding.offset { text += " @\(offset)" }
      if let session = finding.session { text += " \(session)" }
      return finding.time == nil ? text : text + " timed"
    }
    return findings.sorted()
  }
}

extension DamageScene {
  /// One zstd frame.
  static func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
    var frame: [UInt8] = []
    try unsafe ZstdCompressor(level: 3).compress(bytes.span.bytes, dictionary: nil, appendingTo: &frame)
    return frame
  }

  /// The file of a dictionary of its own, as the engine writes it.
  static func dictionary(_ content: String) throws -> [UInt8] {
    let store = SimulatedStore(SimulatedDisk(seed: 1), seed: 1)
    _ = try StoreWriter.open(SimulatedStore.layout, ReferenceStore.configuration, store.environment())
    let facts = try DictionaryFile.install(
      Array(content.utf8), project: "p", version: 1, store: .zero, store.environment(2), SimulatedStore.layout)
    return store.disk.contents(SimulatedStore.layout.dictionary(facts.id, copy: 0)) ?? []
  }
}
