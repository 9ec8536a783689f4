@testable import SegmentEngine

/// Journals, the durable mark, the catalog; and right checksums over wrong numbers.
extension NamedDamage {
  static let journals: [NamedDamage] = [
    NamedDamage(name: "the header of a journal", damage: { $0.flip("open", 33) }, finds: { _ in ["damage open @4"] }),
    NamedDamage(
      name: "the header of a group", damage: { $0.flip("open", 4_096 + 33) }, finds: { _ in ["damage open @4096"] }),
    NamedDamage(
      name: "the payload of a record in the middle", read: [alice: 31], salvaged: [alice: 31],
      damage: { scene in
        let head = try scene.record("sealed", 0)
        scene.flip("sealed", Int(head.offset) + head.headLength + head.payloadLength / 2)
      },
      finds: { scene in
        let head = try scene.record("sealed", 0)
        return ["damage sealed @\(Int(head.offset) + head.headLength) shop/alice timed"]
      }),
    NamedDamage(
      name: "the head of a record in the middle", read: [alice: 31], salvaged: [alice: 31],
      damage: { $0.flip("sealed", Int(try $0.record("sealed", 0).offset) + 60) },
      finds: { ["damage open shop/alice", "damage sealed @\(try $0.record("sealed", 0).offset)"] }),
    NamedDamage(
      name: "a journal missing", read: [alice: 31, bob: 10], salvaged: [alice: 31, bob: 10],
      damage: { $0["sealed"] = nil }, finds: { _ in ["damage open shop/alice", "damage sealed"] }),
    NamedDamage(
      name: "a seal that ends too late",
      damage: { $0.changeCatalog { state in state.journals[0].sealedEnd = 12_288 } },
      finds: { _ in ["damage sealed @8192"] }),
    NamedDamage(
      name: "a seal that ends too early", read: [alice: 31, bob: 10], salvaged: [alice: 31, bob: 10], isBelieved: true,
      damage: { $0.changeCatalog { state in state.journals[0].sealedEnd = 4_096 } },
      finds: { _ in ["damage open shop/alice", "note sealed @4096"] }),
  ]

  private static func mark(_ position: UInt64) -> @Sendable (inout DamageScene) throws -> Void {
    { scene in
      let open = scene.state.journals.first { $0.sealedEnd == nil }?.id ?? .zero
      scene["durable"] = DurableMark(journal: open, position: position).encode()
    }
  }

  static let marks: [NamedDamage] = [
    NamedDamage(name: "the durable mark missing", damage: { $0["durable"] = nil }),
    NamedDamage(name: "the durable mark behind", damage: mark(4_096)),
    NamedDamage(
      name: "the durable mark ahead", damage: mark(20_480), finds: { _ in ["damage open @12288"] }),
  ]

  static let catalogs: [NamedDamage] = [
    NamedDamage(
      name: "one copy of a page of the catalog", damage: { $0.flip("catalog", 100) },
      finds: { _ in ["damage catalog @0"] }),
    NamedDamage(
      name: "both copies of the last commit of the catalog",
      damage: { scene in
        scene.flip("catalog", 8_192 + 70)
        scene.flip("catalog", 12_288 + 70)
      }, finds: { _ in ["note catalog @8192"] }),
    NamedDamage(
      name: "both copies of the first page of the catalog", refusal: .damaged, catalog: .gone,
      damage: { scene in
        scene.flip("catalog", 100)
        scene.flip("catalog", 4_196)
      }),
    NamedDamage(
      name: "the catalog cut in the last copy", damage: { $0.cut("catalog", to: 13_000) },
      finds: { _ in ["damage catalog @12288", "damage catalog @13000"] }),
    NamedDamage(name: "the catalog empty", refusal: .notAStore, catalog: .gone, damage: { $0["catalog"] = [] }),
    NamedDamage(name: "the catalog missing", refusal: .notFound, catalog: .gone, damage: { $0["catalog"] = nil }),
    NamedDamage(
      name: "the catalog of another store", read: [alice: 0, bob: 0, carol: 0, pinned: 0],
      salvaged: [alice: 0, bob: 0, carol: 0, pinned: 0],
      damage: { $0["catalog"] = try ReferenceStore(.erasing).files["catalog"] },
      finds: { scene in
        let other = try ReferenceStore(.erasing)
        return ["note catalog"] + (other.names(in: "packs") + other.names(in: "journals")).map { "damage \($0)" }
          + ["a", "b", "archive", "first", "gone", "open", "pinned", "sealed", "second"].map { "warning \($0)" }
      }),
    NamedDamage(
      name: "the catalog of yesterday", read: [alice: 16, bob: 10, carol: 11],
      salvaged: [alice: 16, bob: 10, carol: 11],
      damage: { scene in
        let second = try scene.facts("second").id
        scene.changeCatalog { state in
          state.packs.removeAll { $0.id == second }
          // The journal that has been flushed since.
          state.journals = [
            JournalFacts(id: Identifier(high: 3, low: 4), ordinal: 3, epoch: 1, created: 0, sealedEnd: 8_192)
          ]
        }
      },
      finds: { _ in
        [
          "damage journals/00000000000000030000000000000004.journal", "warning open", "warning sealed",
          "warning second",
        ]
      }),
  ]

  /// Right checksums, wrong facts.
  static let lies: [NamedDamage] = [
    NamedDamage(
      name: "a record whose payload would have 4 GiB", read: [alice: 31], salvaged: [alice: 31],
      damage: { $0.changeRecord("sealed", try $0.record("sealed", 0), at: 20, UInt32.max - 7) },
      finds: { ["damage open shop/alice", "damage sealed @\(try $0.record("sealed", 0).offset)"] }),
    NamedDamage(
      name: "a record whose events would have 128 MiB", read: [alice: 31], salvaged: [alice: 31],
      damage: { $0.changeRecord("sealed", try $0.record("sealed", 0), at: 28, UInt32(128 << 20)) },
      finds: { scene in
        let head = try scene.record("sealed", 0)
        return ["damage sealed @\(Int(head.offset) + head.headLength) shop/alice"]
      }),
    NamedDamage(
      name: "a record with 4 billion events", read: [alice: 31], salvaged: [alice: 31],
      damage: { $0.changeRecord("sealed", try $0.record("sealed", 0), at: 48, UInt32.max) },
      finds: { ["damage open shop/alice", "damage sealed @\(try $0.record("sealed", 0).offset)"] }),
    NamedDamage(
      name: "a pack whose locators would have 4 GiB",
      damage: { scene in
        try scene.changeFacts("first") {
          $0.fileBytes = 1 << 46
          $0.footerBytes = 1 << 32 - 1
        }
      },
      finds: { scene in
        let size = scene["first"]?.count ?? 0
        return ["damage first @\(size)", "damage first @\(size)"]
      }),
    NamedDamage(
      name: "a block that would become 16 MiB", read: [alice: 34], salvaged: [alice: 34],
      damage: { scene in
        var more: UInt64 = 0
        try scene.changePack("second") { model in
          let frame = try DamageScene.compressed([UInt8](repeating: 0x20, count: 16 << 20))
          more = UInt64(frame.count) - UInt64(model.parts[1].blocks[0].frame.count)
          model.parts[1].blocks[0].frame = frame
          model.footer.storedBytes += more
        }
        try scene.changeFacts("second") { $0.storedBytes += more }
      },
      finds: { scene in
        ["damage second @\(try scene.block("second", alice, 0).frameOffset) shop/alice timed"]
      }),
    NamedDamage(
      name: "a block that would have 120 MiB, by its header and the index", read: [alice: 34], salvaged: [alice: 34],
      damage: { scene in
        try scene.changePack("second") { model in
          model.parts[1].blocks[0].header.raw = 120 << 20
          model.parts[1].entry.blocks[0].raw = 120 << 20
        }
      },
      finds: { scene in
        [
          "damage second @\(try scene.segment("second", alice).entry.offset) shop/alice",
          "damage second @\(try scene.block("second", alice, 0).frameOffset) shop/alice timed",
          "damage second @\(try scene.pack("second").readFooter().directoryOffset)",
        ]
      }),
  ]
}
