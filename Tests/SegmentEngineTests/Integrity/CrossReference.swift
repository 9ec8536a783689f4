import SegmentFiles
import Testing

@testable import SegmentEngine

/// A fact that another one must agree with, changed with all checksums right.
struct CrossReference: Sendable, CustomTestStringConvertible {
  var name: String
  /// The file that `verify` must name, and the session.
  var file: String
  var session: SessionKey?
  /// Found by what blocks hold alone.
  var isDeep = false
  var change: @Sendable (inout DamageScene) throws -> Void

  var testDescription: String { name }

  init(
    _ name: String, _ file: String = "second", _ session: SessionKey? = nil, deep: Bool = false,
    _ change: @escaping @Sendable (inout DamageScene) throws -> Void
  ) {
    self.name = name
    self.file = file
    self.session = session
    isDeep = deep
    self.change = change
  }

  static let all = packs + facts + segments + entries + blocks + contents + journals + catalogs

  private static func pack(
    _ name: String, _ change: @escaping @Sendable (inout PackModel) throws -> Void
  ) -> CrossReference {
    CrossReference(name) { try $0.changePack("second", change) }
  }

  /// A change of what the directory says of alice.
  private static func entry(
    _ name: String, deep: Bool = false, _ change: @escaping @Sendable (inout SegmentEntry) throws -> Void
  ) -> CrossReference {
    CrossReference(name, "second", ReferenceStore.alice, deep: deep) { scene in
      try scene.changePack("second") { model in
        let place = model.parts.count - 1
        try change(&model.parts[place].entry)
      }
    }
  }

  private static func fact(
    _ name: String, _ change: @escaping @Sendable (inout PackFacts) -> Void
  ) -> CrossReference {
    CrossReference(name) { try $0.changeFacts("second", change) }
  }

  /// The same in footer and catalog, so that only the segments tell otherwise.
  private static func both(
    _ name: String, _ footer: @escaping @Sendable (inout PackFooter) -> Void,
    _ facts: @escaping @Sendable (inout PackFacts) -> Void
  ) -> CrossReference {
    CrossReference("\(name), in footer and catalog") { scene in
      try scene.changePack("second") { footer(&$0.footer) }
      try scene.changeFacts("second", facts)
    }
  }

  static let packs = [
    pack("a pack's tier") { $0.header.tier = .archive },
    pack("a pack's class") { $0.header.className = "other" },
    pack("a pack's store") { $0.header.store = .zero },
    pack("a footer's events") { $0.footer.events += 1 },
    pack("a footer's raw bytes") { $0.footer.rawBytes += 1 },
    pack("a footer's stored bytes") { $0.footer.storedBytes -= 1 },
    pack("a footer's packed events") { $0.footer.packedEvents += 1 },
    pack("a footer's first receipt") { $0.footer.firstReceived -= 1 },
    pack("a footer's last receipt") { $0.footer.lastReceived += 1 },
    pack("a footer's first ordinal") { $0.footer.firstOrdinal -= 1 },
    pack("a footer's last ordinal") { $0.footer.lastOrdinal += 1 },
    pack("a locator's hash") { $0.changeLocators = { $0[$0.count - 1].hash &-= 1 } },
    pack("a locator's start") { $0.changeLocators = { $0[0].start += 1 } },
    pack("a locator's end") { $0.changeLocators = { $0[0].end += 1 } },
    pack("a locator's offset") { $0.changeLocators = { $0[0].offset += 1 } },
    pack("a locator that is there twice") { $0.changeLocators = { $0[1] = $0[0] } },
    pack("a locator too few") { $0.changeLocators = { $0.removeLast() } },
    pack("the order of segments") { $0.parts.reverse() },
  ]

  static let facts = [
    fact("the catalog's events of a pack") { $0.events += 1 },
    fact("the catalog's raw bytes of a pack") { $0.rawBytes += 1 },
    fact("the catalog's stored bytes of a pack") { $0.storedBytes += 1 },
    fact("the catalog's segments of a pack") { $0.segments += 1 },
    fact("the catalog's packed events of a pack") { $0.packedEvents += 1 },
    fact("the catalog's tier of a pack") { $0.tier = .archive },
    fact("the catalog's class of a pack") { $0.className = "other" },
    fact("the catalog's size of a pack") { $0.fileBytes -= 1 },
    fact("the catalog's footer of a pack") { $0.footerBytes += 24 },
    fact("the catalog's first receipt of a pack") { $0.firstReceived -= 1 },
    fact("the catalog's last ordinal of a pack") { $0.lastOrdinal += 1 },
    fact("the catalog's dictionaries of a pack") { $0.dictionaries = [] },
    both("the events of a pack", { $0.events += 1 }, { $0.events += 1 }),
    both("the packed events of a pack", { $0.packedEvents += 1 }, { $0.packedEvents += 1 }),
    both("the first receipt of a pack", { $0.firstReceived -= 1 }, { $0.firstReceived -= 1 }),
    both("the last receipt of a pack", { $0.lastReceived += 1 }, { $0.lastReceived += 1 }),
    both("the first ordinal of a pack", { $0.firstOrdinal -= 1 }, { $0.firstOrdinal -= 1 }),
  ]

  private static func segment(
    _ name: String, _ change: @escaping @Sendable (inout SegmentHeader) -> Void
  ) -> CrossReference {
    CrossReference("a segment header's \(name)", "second", ReferenceStore.alice) { scene in
      try scene.changePack("second") { change(&$0.parts[1].header) }
    }
  }

  static let segments = [
    segment("session") { $0.session = SessionKey(project: "shop", id: "alicf") },
    segment("visitor") { $0.visitor = "someone" },
    segment("windows") { $0.windows = ["w9"] },
    segment("ordinal") { $0.ordinal += 1 },
    segment("dictionaries") { $0.dictionaries = [.zero] },
    segment("length of blocks") { $0.blocksLength += 1 },
  ]

  static let entries = [
    CrossReference("the session of a directory entry, header too") { scene in
      try scene.changePack("second") { model in
        model.parts[1].header.session = SessionKey(project: "shop", id: "alicf")
        model.parts[1].entry.session = SessionKey(project: "shop", id: "alicf")
        let hash = KeyHash.of(ReferenceStore.alice)
        model.changeLocators = { locators in
          for place in locators.indices where locators[place].hash == KeyHash.of(["shop", "alicf"]) {
            locators[place].hash = hash
          }
          locators.sort { $0.hash < $1.hash }
        }
      }
    },
    entry("the ordinal of a segment") { $0.ordinal += 1 },
    entry("the first receipt of a segment") { $0.facts.firstReceived -= 10_000 },
    entry("the last receipt of a segment") { $0.facts.lastReceived += 10_000 },
    entry("the start of a segment") { $0.facts.start? -= 1_000 },
    entry("the end of a segment") { $0.facts.end? += 1 },
    entry("the visits of a segment") { $0.facts.pageCount += 1_000 },
    entry("the clicks of a segment", deep: true) { $0.facts.clicks += 1 },
    entry("the errors of a segment", deep: true) { $0.facts.errors += 1 },
    entry("the pages of a segment", deep: true) { $0.facts.pages = ["https://elsewhere.example/"] },
    entry("the dictionaries of a segment") { $0.dictionaries = [.zero] },
    entry("the checksum of a batch", deep: true) { $0.batches[0].rawChecksum ^= 1 },
    entry("the length of a batch", deep: true) { $0.batches[0].rawLength += 1 },
    entry("the events of a batch", deep: true) { $0.batches[0].events -= 1 },
    entry("the sequence of a batch", deep: true) { $0.batches[0].sequence += 1 },
  ]

  static let blocks = [
    entry("the events of a block") { entry in
      let last = entry.blocks.count - 1
      entry.blocks[last].events += 1
      entry.blocks[last].runs[0].events += 1
    },
    entry("the raw length of a block") { $0.blocks[0].raw += 1 },
    entry("the codec of a block") { $0.blocks[0].codec = .none },
    entry("the dictionary of a block") { $0.blocks[0].dictionary = 0 },
    entry("the epoch of a block") { $0.blocks[0].epoch += 1 },
    entry("the sequence of a block") { $0.blocks[$0.blocks.count - 1].sequence += 1 },
    entry("the windows of a block") { entry in
      entry.windows.append("w7")
      entry.blocks[0].runs[0].window = entry.windows.count - 1
    },
    entry("the first time of a block") { $0.blocks[0].first -= 5_000 },
    entry("the last time of a block") { $0.blocks[$0.blocks.count - 1].last += 1 },
    entry("a range that a block does not have") { $0.blocks[0].flags.remove(.hasRange) },
    entry("that a block is in order of time", deep: true) { entry in
      for place in entry.blocks.indices { entry.blocks[place].flags.insert(.isSorted) }
    },
    entry("that a block holds implausible timestamps") { $0.blocks[0].flags.insert(.hasImplausible) },
    entry("the window of a keyframe") { entry in
      entry.windows.append("w7")
      let last = entry.windows.count - 1
      change(&entry) { $0.window = last }
    },
    entry("the ordinal of a keyframe", deep: true) { change(&$0) { $0.ordinal -= 1 } },
    entry("the offset of a keyframe", deep: true) { change(&$0) { $0.offset += 1 } },
    entry("the time of a keyframe", deep: true) { change(&$0) { $0.timestamp += 1 } },
    entry("the Meta event of a keyframe", deep: true) { entry in
      let last = entry.blocks.lastIndex { !$0.keyframes.isEmpty } ?? 0
      entry.blocks[last].keyframes[0].metaDistance += 1
    },
    entry("a keyframe that is missing") { entry in
      for place in entry.blocks.indices { entry.blocks[place].keyframes = [] }
    },
  ]

  /// Changes the first keyframe.
  private static func change(_ entry: inout SegmentEntry, _ body: (inout KeyframeEntry) -> Void) {
    guard let place = entry.blocks.firstIndex(where: { !$0.keyframes.isEmpty }) else { return }
    body(&entry.blocks[place].keyframes[0])
  }

  static let contents = [
    CrossReference("the events of two blocks in each other's place", "second", ReferenceStore.carol, deep: true) {
      scene in
      try scene.changePack("second") { model in
        // Frames and raw lengths, so that each block decodes.
        let blocks = model.parts[0].blocks
        let raws = model.parts[0].entry.blocks.map(\.raw)
        for (place, other) in [(0, 1), (1, 0)] {
          model.parts[0].blocks[place].frame = blocks[other].frame
          model.parts[0].blocks[place].header.raw = blocks[other].header.raw
          model.parts[0].entry.blocks[place].raw = raws[other]
        }
      }
    },
    CrossReference("events that are in two packs", "second", ReferenceStore.carol) { scene in
      try scene.changePack("second") { model in
        for place in model.parts[0].blocks.indices {
          model.parts[0].blocks[place].header.sequence -= 1
          model.parts[0].entry.blocks[place].sequence -= 1
        }
        model.parts[0].entry.sequence -= 1
      }
    },
  ]

  static let journals = [
    CrossReference("the ordinal of a journal", "sealed") { $0.changeCatalog { $0.journals[0].ordinal -= 1 } },
    CrossReference("the epoch of a journal", "sealed") { $0.changeCatalog { $0.journals[0].epoch -= 1 } },
    CrossReference("the sequence of a record", "sealed", ReferenceStore.bob) { scene in
      let head = try scene.record("sealed", 1)
      scene.changeRecord("sealed", head, at: 32, head.sequence + 1)
    },
    CrossReference("a mark in the event table", "sealed", ReferenceStore.alice, deep: true) { scene in
      // Wherever it stands among the details: the first event becomes a click or an error, or ceases to be one.
      let head = try scene.record("sealed", 0)
      guard case .events(let batch) = head.details else { return }
      var table = ByteWriter()
      batch.table.encode(into: &table, reference: batch.reference)
      guard let bytes = scene["sealed"],
        let place = (0..<head.headLength - table.count).first(where: {
          bytes[Int(head.offset) + $0..<Int(head.offset) + $0 + table.count].elementsEqual(table.bytes)
        })
      else { return }
      scene.changeRecord("sealed", head, at: place, table.bytes[0] ^ 0x40)
    },
  ]

  private static func catalog(
    _ name: String, _ file: String = "catalog", _ change: @escaping @Sendable (inout CatalogState) -> Void
  ) -> CrossReference {
    CrossReference(name, file) { $0.changeCatalog(change) }
  }

  static let catalogs = [
    catalog("the size of a dictionary's content", "a") { $0.dictionaries[0].contentBytes += 1 },
    catalog("the size of a dictionary's file", "a") { $0.dictionaries[0].fileBytes += 1 },
    catalog("the hash of a dictionary", "b") { $0.dictionaries[0].sha256[0] ^= 1 },
    catalog("the entries of a gone list", "gone") { $0.gone[0].entries += 1 },
    catalog("the last day of a gone list", "gone") { $0.gone[0].lastDay += 1 },
    catalog("the last commit that is in journals") { $0.applied = $0.commit + 1 },
    catalog("the last erasure that is in journals") { $0.erasureApplied = $0.commit + 1 },
    catalog("the next ordinal") { state in
      state.journals = []
      state.nextOrdinal = 1
    },
    catalog("the next epoch") { $0.journals[0].epoch += 5 },
    catalog("a pack that is not named", "pinned") { $0.packs.removeAll { $0.className == Policy.pinnedClass } },
    catalog("a list that is not named", "gone") { $0.gone = [] },
    catalog("a journal that is not named", "sealed") { $0.journals.removeFirst() },
  ]
}
