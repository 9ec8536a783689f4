import SegmentCodecs
import SegmentScanner

@testable import SegmentEngine

/// One of each structure, with nothing left at its default.
enum CodecSamples {
  static let file = Identifier(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
  static let store = Identifier(high: 7, low: 9)
  static let offset: UInt64 = 8_192
  static let key = SessionKey(project: "shop", id: "s-\u{E9}/..")

  static var table: EventTable {
    var table = EventTable()
    let times: [Double] = [1_700_000_000_000, 1_700_000_000_000.25, 0, 1_700_000_000, 5e12, 1e300, 1_700_000_000_100]
    for (place, time) in times.enumerated() {
      let code = UInt8(place * 9 % 64) | (place % 2 == 0 ? 0x40 : 0x80)
      table.entries.append(.init(code: code, length: 40 + place * 300, timestamp: time))
    }
    return table
  }

  static var facts: SegmentFacts {
    var facts = SegmentFacts(received: 1_700_000_000_500)
    facts.lastReceived = 1_700_000_900_000
    for entry in table.entries { facts.add(entry, isPlausible: abs(entry.timestamp - 1_700_000_000_000) < 1_000) }
    for page in ["https://a/", "https://b/\u{1F600}"] { facts.addPage(page) }
    return facts
  }

  static var pack: PackFacts {
    PackFacts(
      id: file, fileBytes: 70_000, footerBytes: 152, tier: .recent, className: "kept", expiryDay: 20_000, segments: 3,
      events: 900, rawBytes: 1 << 33, storedBytes: 60_000, packedEvents: 2, firstReceived: 1_700_000_000_000.5,
      lastReceived: 1_700_000_100_000, firstOrdinal: 4, lastOrdinal: 9, dictionaries: [store, file],
      erased: .init(segments: 1, events: 2, rawBytes: 3, storedBytes: 4, packedEvents: 5, bytes: 6))
  }

  static var edits: [CatalogEdit] {
    let edit = SessionEdit(
      commit: 17, session: key, time: 1_700_000_000_000,
      change: .setTags([TagChange(key: "a", value: "b"), TagChange(key: "gone", value: nil)]))
    var finish = edit
    finish.change = .finish
    return [
      .store(created: 1, samplingSalt: file, erasureKey: store),
      .addJournal(id: store, ordinal: 5, epoch: 3, created: 1_700_000_000_000),
      .sealJournal(id: store, end: 1 << 40, damaged: true),
      .addDictionary(
        DictionaryFacts(
          id: file, sha256: (0..<32).map { UInt8($0) }, project: "shop", version: 4, contentBytes: 3_000_000,
          fileBytes: 300_000, created: 3)),
      .addDictionary(
        DictionaryFacts(
          id: store, sha256: [UInt8](repeating: 9, count: 32), project: "", version: 0, contentBytes: 1, fileBytes: 1,
          created: 0)),
      .useDictionary(project: "shop", file), .useDictionary(project: "blog", nil), .addPack(pack), .session(edit),
      .session(finish), .applied(99), .requestFlush(time: 5), .epoch(6), .ordinal(12),
      .trained(TrainingRecord(project: "shop", time: 7, rawBytes: 1 << 30, recentRatio: 41.5)),
      .pin(Pin(session: key, until: 8)), .unpin(key), .policy(PolicyDocument(version: 2, json: Array("{}".utf8))),
      .tombstone(Tombstone(hash: Hash128(high: 3, low: 4), target: .visitor, time: 4, commit: 5, untilDay: 20_000)),
      .addGone(GoneFacts(id: file, entries: 70_000, lastDay: 20_001)), .removeGone(file), .hold(key, 20_002),
      .destroy(destruction), .destroyed(file), .erasureApplied(7),
      .receipt(
        ErasureFacts(
          id: file, time: 9, target: .session, hash: Hash128(high: 1, low: 2), sessions: 3, segments: 4, records: 5,
          bytes: 6, packs: 7, journals: 8, isDone: true)),
      .total(.init(day: 20_003, rule: "errors"), RuleTotal(facts, isKept: true, isFirst: true)), .forgetTotals(3),
      .forgetTombstones(4), .snapshot(SnapshotFacts(id: store, time: 10, path: "/backup/\u{E9}")),
      .forgetSnapshot(store),
      .isSnapshot(11), .setExpiry(file, 20_004),
      .removeJournal(store), .removePack(file), .removeDictionary(store),
    ]
  }

  static var erased: ErasedEntry {
    ErasedEntry(offset: 128, length: 3_000, events: 5, rawBytes: 9_000, storedBytes: 2_800, packedEvents: 1)
  }

  static var destruction: Destruction {
    var patch = FilePatch()
    patch.images = [.init(offset: 4_096, bytes: [1, 2, 3]), .init(offset: 65_536, bytes: [])]
    patch.zeros = [.init(offset: 8_192, length: 40_960)]
    var sums = PackFacts.Erased()
    sums.add(erased)
    return Destruction(
      id: store, reason: .eviction, packs: [.init(pack: file, patch: patch, erased: sums)],
      journals: [.init(journal: store, isKeptAside: true, patch: patch, records: 9)])
  }

  static var blocks: [BlockEntry] {
    var first = BlockEntry(
      frameOffset: 0, headerLength: 38, stored: 900, raw: 4_000, frameChecksum: 0xDEAD_BEEF, codec: .zstd,
      dictionary: 2,
      sequence: 50, events: 7, epoch: 3, flags: [.hasRange, .hasImplausible], first: 1_700_000_000_000,
      last: 1_700_000_000_101, runs: [WindowRun(window: 0, events: 3), WindowRun(window: 1, events: 4)],
      keyframes: [
        KeyframeEntry(window: 1, ordinal: 3, offset: 800, metaDistance: 1, timestamp: 1_700_000_000_050.5),
        KeyframeEntry(window: 1, ordinal: 6, offset: 3_900, metaDistance: 0, timestamp: 12),
      ])
    first.frameOffset = offset + 60 + 38
    var second = first
    second.frameOffset = first.frameOffset + 900 + 38
    second.sequence = 60
    second.flags = []
    second.first = 0
    second.last = 0
    second.keyframes = []
    second.codec = .none
    second.dictionary = 0
    return [first, second]
  }

  static var entry: SegmentEntry {
    SegmentEntry(
      offset: offset, length: 60 + 2 * (38 + 900), ordinal: 8, sequence: 50, session: key, visitor: "ann",
      windows: ["", "tab"], dictionaries: [store, file], facts: facts,
      tags: [
        TimedTag(change: TagChange(key: "plan", value: "pro"), time: 1_700_000_000_001),
        TimedTag(change: TagChange(key: "old", value: nil), time: 1_700_000_000_002),
      ], finished: 1_700_000_000_900, rule: "errors", rate: 0.25,
      batches: [
        BatchEntry(hash: 77, rawChecksum: 88, rawLength: 4_000, sequence: 50, events: 7, received: 1_700_000_000_000)
      ],
      blocks: blocks)
  }

  static func record(_ details: RecordDetails) -> [UInt8] {
    var encoded = ByteWriter()
    var (kind, events) = (PreparedRecord.Kind.finish, 0)
    switch details {
    case .events(let batch):
      batch.encode(into: &encoded)
      (kind, events) = (.events, batch.table.entries.count)
    case .tags(let changes):
      encoded.tagChanges(changes)
      kind = .tags
    case .finish, .erased: break
    }
    let record = PreparedRecord(
      kind: kind, flags: [.compressed, .live], session: key, events: events, rawLength: 5_000, payload: [],
      payloadChecksum: 0x1234_5678, appliedCommit: 300, encodedDetails: encoded.bytes)
    var writer = ByteWriter()
    _ = record.encode(into: &writer, journal: file, offset: offset, sequence: 1 << 40, received: 1_700_000_000_000.125)
    return writer.bytes
  }

  static var batch: BatchDetails {
    BatchDetails(
      window: "tab", visitor: "ann", batchID: "b-1", rawChecksum: 55, reference: 1_700_000_000_000.25, table: table,
      pages: [PageVisit(event: 2, href: "https://a/\u{E9}"), PageVisit(event: 5, href: "")])
  }

  static var cases: [CodecCase] {
    let placed: @Sendable (inout [UInt8]) -> Void = { bytes in
      CodecCase.sealed(&bytes) { Checksum.placed(file, offset, $0, $1) }
    }
    let plain: @Sendable (inout [UInt8]) -> Void = { bytes in CodecCase.sealed(&bytes) { Checksum.plain($0, $1) } }
    let head: @Sendable ([UInt8]) -> String? = { bytes in
      (try? RecordHead.decode(bytes, at: 0, journal: file, offset: offset)).map { "\($0)" }
    }
    let sealHead: @Sendable (inout [UInt8]) -> Void = { bytes in
      if bytes.count >= 20 {
        for byte in 0..<4 { bytes[16 + byte] = UInt8(truncatingIfNeeded: bytes.count >> (8 * byte)) }
      }
      placed(&bytes)
    }
    let footer = PackFooter(
      id: file, fileBytes: 128 + 5_000 + 48 + 128, directoryOffset: 4_000, locatorsOffset: 5_128, segments: 2,
      locatorsChecksum: 6, events: 7, rawBytes: 8, storedBytes: 9, firstReceived: 10, lastReceived: 11,
      firstOrdinal: 12,
      lastOrdinal: 13, packedEvents: 14)
    let block = BlockHeader(
      codec: .zstd, dictionary: 1, stored: 900, raw: 4_000, frameChecksum: 0, sequence: 1 << 50, epoch: 300,
      events: 200,
      runs: [WindowRun(window: 0, events: 130), WindowRun(window: 65_000, events: 70)])
    let segment = SegmentHeader(
      blocksLength: 5_000, ordinal: 8, session: key, visitor: "ann", windows: ["", "tab"], dictionaries: [store])
    let lock = LockRecord(
      isHeld: true, mark: true,
      process: ProcessFacts(host: "host.example", process: 4_711, started: 1_700_000_000_000.5),
      taken: 1_700_000_000_777)
    return [
      CodecCase(name: "record of events", bytes: record(.events(batch)), decode: head, seal: sealHead),
      CodecCase(
        name: "record of tags",
        bytes: record(.tags([TagChange(key: "a", value: "b"), TagChange(key: "c", value: nil)])), decode: head,
        seal: sealHead),
      CodecCase(name: "record of a finish", bytes: record(.finish), decode: head, seal: sealHead),
      CodecCase(
        name: "group header",
        bytes: GroupHeader(
          journal: file, offset: offset, durable: 4_096, length: 900, records: 3, written: 1_700_000_000_000
        ).encode(),
        decode: { bytes in
          (try? GroupHeader.decode(bytes, at: 0, journal: file, offset: offset)).map { "\($0)" }
        }, seal: placed),
      CodecCase(
        name: "journal header",
        bytes: JournalHeader(store: store, id: file, ordinal: 3, epoch: 4, created: 1_700_000_000_000).encode(),
        decode: { bytes in (try? JournalHeader.decode(bytes)).map { "\($0)" } }, seal: plain),
      CodecCase(
        name: "pack header",
        bytes: PackHeader(
          tier: .archive, expiryDay: 20_000, store: store, id: file, created: 5,
          className: String(repeating: "c", count: 63)
        ).encode(), decode: { bytes in (try? PackHeader.decode(bytes)).map { "\($0)" } }, seal: plain),
      CodecCase(
        name: "segment header", bytes: segment.encode(pack: file, offset: offset),
        decode: { bytes in (try? SegmentHeader.decode(bytes, pack: file, offset: offset)).map { "\($0)" } },
        seal: placed),
      CodecCase(
        name: "block header", bytes: block.encode(pack: file, offset: offset) { UInt32(truncatingIfNeeded: $0) },
        decode: { bytes in (try? BlockHeader.decode(bytes, pack: file, offset: offset)).map { "\($0)" } }, seal: placed),
      CodecCase(
        name: "directory entry", bytes: entry.encode(pack: file, at: offset, segmentHeaderLength: 60),
        decode: { bytes in ((try? SegmentEntry.decode(bytes, pack: file, at: offset)) ?? nil).map { "\($0)" } },
        seal: { bytes in
          if bytes.count >= 4 {
            for byte in 0..<4 { bytes[byte] = UInt8(truncatingIfNeeded: bytes.count >> (8 * byte)) }
          }
          placed(&bytes)
        }),
      CodecCase(
        name: "erased record",
        bytes: RecordHead.erased(journal: file, offset: offset, size: 64, appliedCommit: 300).map {
          Array($0.prefix(60))
        } ?? [],
        decode: head, seal: sealHead),
      CodecCase(
        name: "marker of an erased segment",
        bytes: erased.marker(pack: file, at: offset, length: 80) ?? [],
        decode: { bytes in ((try? ErasedEntry.decode(bytes, pack: file, at: offset)) ?? nil).map { "\($0)" } },
        // Nothing but zeros follows what it says, so a shorter one that is sealed says the same.
        seal: nil),
      CodecCase(
        name: "list of gone sessions",
        bytes: GoneList([
          .init(hash: 5, untilDay: 20_000, reason: .dropped), .init(hash: 1 << 60, untilDay: 20_001, reason: .evicted),
        ]).encode(id: file, store: store),
        decode: { bytes in (try? GoneList.decode(bytes, id: file, store: store)).map { "\($0)" } }, seal: plain),
      CodecCase(
        name: "footer", bytes: footer.encode(),
        decode: { bytes in (try? PackFooter.decode(bytes, fileBytes: footer.fileBytes, pack: file)).map { "\($0)" } },
        seal: { bytes in CodecCase.sealed(&bytes) { Checksum.placed(file, footer.fileBytes - 128, $0, $1) } }),
      CodecCase(
        name: "lock record", bytes: lock.encode(), decode: { bytes in LockRecord.decode(bytes).map { "\($0)" } },
        seal: plain),
      CodecCase(
        name: "durable mark", bytes: DurableMark(journal: file, position: 1 << 40).encode(),
        decode: { bytes in DurableMark.decode(bytes).map { "\($0)" } }, seal: plain),
    ]
  }
}
