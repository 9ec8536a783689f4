internal import SegmentCodecs
internal import SegmentFiles

/// The dictionaries of a store as its files tell of them, and blocks decoded with them.
final class SalvageDictionaries {
  /// A dictionary at least one copy of which is well.
  struct Found {
    var facts: DictionaryFacts
    /// By copy.
    var isWell: [Bool]
  }

  private(set) var found: [Identifier: Found] = [:]
  /// Files that cannot be read, with what is wrong; a dictionary of which no copy is left is among `lost`.
  private(set) var problems: [StoreError] = []
  private(set) var lost: Set<Identifier> = []
  private let environment: StoreEnvironment
  private let layout: Layout
  private var loaded: (id: Identifier, dictionary: ZstdDictionary)?
  private let contexts = ContextPool(idleLimit: 1)

  /// Looks at both copies of each: those that `known` names, with `searching` all that are in the folder.
  init(
    _ known: [DictionaryFacts], searching: Bool, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) {
    self.environment = environment
    self.layout = layout
    var all = Dictionary(known.map { ($0.id, $0) }) { first, _ in first }
    if searching {
      for id in try names() where all[id] == nil {
        if let facts = try header(of: id) { all[id] = facts } else { lost.insert(id) }
      }
    }
    for facts in all.values.sorted(by: { $0.id < $1.id }) {
      var isWell: [Bool] = []
      for copy in 0..<2 {
        do throws(StoreError) {
          _ = try DictionaryFile.read(facts, copy: copy, environment, layout)
          isWell.append(true)
        } catch {
          guard error.isLoss else { throw error }
          problems.append(error)
          isWell.append(false)
        }
      }
      if isWell.contains(true) {
        found[facts.id] = Found(facts: facts, isWell: isWell)
      } else {
        lost.insert(facts.id)
      }
    }
  }

  /// A dictionary's file does not say whose it is: the first session that uses it does.
  func note(_ ids: [Identifier], usedBy session: SessionKey) {
    for id in ids where found[id]?.facts.project.isEmpty ?? false { found[id]?.facts.project = session.project }
  }

  /// Those that the new store has: nobody uses one whose project nothing tells.
  var used: [DictionaryFacts] {
    found.values.map(\.facts).filter { !$0.project.isEmpty }
      .sorted { ($0.project, $0.version, $0.id) < ($1.project, $1.version, $1.id) }
  }

  /// The content of a block. Throws `.damaged` where it cannot be had.
  func content(
    of block: BlockEntry, in pack: PackFile, dictionaries: [Identifier], session: SessionKey
  ) throws(StoreError) -> [UInt8] {
    let frame = try pack.readFrame(block, of: session)
    func damaged(_ what: String) -> StoreError {
      .damaged(what, file: pack.name, offset: block.frameOffset, length: UInt64(block.stored), session: session)
    }
    guard block.codec == .zstd else {
      guard frame.count == block.raw else { throw damaged("a block has the wrong length") }
      return frame
    }
    var dictionary: ZstdDictionary?
    if block.dictionary > 0 {
      guard block.dictionary <= dictionaries.count else { throw damaged("a block names no dictionary that is there") }
      let id = dictionaries[block.dictionary - 1]
      guard let loaded = try self.dictionary(id) else {
        throw damaged("a block needs dictionary \(id), which is gone in both copies")
      }
      dictionary = loaded
    }
    do {
      return try contexts.withDecompressor { decompressor throws(CodecError) in
        try unsafe decompressor.decompress(frame.span.bytes, rawLength: block.raw, dictionary: dictionary)
      }
    } catch {
      throw damaged("a block does not decompress: \(error.detail)")
    }
  }

  /// Nil where it is lost. One is kept at hand.
  private func dictionary(_ id: Identifier) throws(StoreError) -> ZstdDictionary? {
    if let loaded, loaded.id == id { return loaded.dictionary }
    guard let found = found[id] else { return nil }
    let content = try DictionaryFile.read(found.facts, environment, layout)
    do {
      let dictionary = try ZstdDictionary(content)
      loaded = (id, dictionary)
      return dictionary
    } catch {
      return nil
    }
  }

  private func names() throws(StoreError) -> [Identifier] {
    var ids: Set<Identifier> = []
    for name in try SalvageSource.names(in: layout.dictionaries, environment, layout) where name.hasSuffix(".dict") {
      if let id = Identifier(name.prefix(32)) { ids.insert(id) }
    }
    return ids.sorted()
  }

  /// What a dictionary's own header says of it, from whichever copy has one.
  private func header(of id: Identifier) throws(StoreError) -> DictionaryFacts? {
    for copy in 0..<2 {
      let path = layout.dictionary(id, copy: copy)
      do throws(FileError) {
        guard let size = try environment.files.facts(at: path)?.size else { continue }
        let bytes = try environment.files.open(path, .read).readBytes(at: 0, count: DictionaryFile.headerSize)
        if let facts = DictionaryFile.facts(bytes, id: id, fileBytes: size, now: environment.clock.now()) {
          return facts
        }
      } catch {
        let error = StoreError(error, in: layout)
        guard error.isLoss else { throw error }
        problems.append(error)
      }
    }
    return nil
  }
}

extension DictionaryFile {
  /// What a header says. It knows neither project nor version; nil where it is damaged.
  static func facts(_ header: [UInt8], id: Identifier, fileBytes: UInt64, now: Double) -> DictionaryFacts? {
    guard header.count == headerSize else { return nil }
    var reader = ByteReader(header)
    do throws(FormatError) {
      guard try reader.u32() == magic, try reader.u32() == Checksum.plain(header, 8..<headerSize) else { return nil }
      _ = try FormatVersion.read(&reader, at: 8)
      try reader.skip(22)
      guard try reader.identifier() == id else { return nil }
      let sha256 = try reader.raw(32)
      let content = try reader.u64()
      let frame = try reader.u64()
      guard content <= UInt64(contentLimit), frame <= UInt64(2 * contentLimit) else { return nil }
      return DictionaryFacts(
        id: id, sha256: sha256, project: "", version: 1, contentBytes: content,
        fileBytes: UInt64(headerSize) + frame, created: now)
    } catch {
      return nil
    }
  }
}

extension StoreError {
  /// Whether it says that something of the store is lost; else it is in the way of looking.
  var isLoss: Bool { code == .damaged || code == .notFound || code == .ioFailed }
}
