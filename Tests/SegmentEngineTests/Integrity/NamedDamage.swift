import Testing

@testable import SegmentEngine

/// A damage with a name, what must be left after it, and what must be said of it.
struct NamedDamage: Sendable, CustomTestStringConvertible {
  var name: String
  /// How opening fails; nil: it opens.
  var refusal: StoreError.Code?
  /// Events that are read of sessions of which not all are.
  var read: [SessionKey: Int] = [:]
  /// Sessions that cannot be read until they are salvaged: reading names the file.
  var unreadable: [SessionKey] = []
  /// Events that salvage brings of sessions of which not all are brought.
  var salvaged: [SessionKey: Int] = [:]
  var catalog = SalvageReport.CatalogCondition.whole
  /// The catalog's word is all there is against what is lost, and salvage takes it.
  var isBelieved = false
  var damage: @Sendable (inout DamageScene) throws -> Void
  /// What `verify` finds, as `DamageScene.findings` writes it.
  var finds: @Sendable (DamageScene) throws -> [String] = { _ in [] }

  var testDescription: String { name }

  static let alice = ReferenceStore.alice
  static let bob = ReferenceStore.bob
  static let carol = ReferenceStore.carol
  static let pinned = ReferenceStore.pinned

  /// All of them: 37 events of alice, 16 of bob, 21 of carol, 5 of pinned.
  static let all = blocks + packs + dictionaries + journals + marks + catalogs + lies
}

extension NamedDamage {
  private static func block(_ number: Int, _ name: String, _ events: Int) -> NamedDamage {
    NamedDamage(
      name: "\(name) block of a segment", read: [alice: 37 - events], salvaged: [alice: 37 - events],
      damage: { scene in
        let block = try scene.block("archive", alice, number)
        scene.flip("archive", Int(block.frameOffset) + block.stored / 2)
      }, finds: { ["damage archive @\(try $0.block("archive", alice, number).frameOffset) shop/alice timed"] })
  }

  static let blocks: [NamedDamage] = [
    block(0, "the first", 4), block(1, "a middle", 4), block(-1, "the last", 2),
    NamedDamage(
      name: "the header of a block",
      damage: { scene in
        let block = try scene.block("archive", bob, 0)
        scene.flip("archive", Int(block.frameOffset) - block.headerLength + 20)
      },
      finds: { scene in
        let block = try scene.block("archive", bob, 0)
        return ["damage archive @\(Int(block.frameOffset) - block.headerLength + 4) shop/bob timed"]
      }),
    NamedDamage(
      name: "the header of a segment",
      damage: { $0.flip("archive", try $0.segment("archive", carol).entry.offset + 30) },
      finds: { ["damage archive @\(try $0.segment("archive", carol).entry.offset + 4) blog/carol"] }),
    NamedDamage(
      name: "a directory entry", unreadable: [alice],
      damage: { $0.flip("second", try $0.segment("second", alice).place.lowerBound + 40) },
      finds: { scene in
        ["damage second @\(try scene.segment("second", alice).place.lowerBound + 4)", "damage sealed shop/alice"]
      }),
    NamedDamage(
      name: "a directory, from first to last byte", unreadable: [alice, carol],
      damage: { scene in
        let footer = try scene.pack("second").readFooter()
        scene.fill("second", Int(footer.directoryOffset)..<Int(footer.locatorsOffset))
      },
      finds: { scene in
        [
          "damage second @\(try scene.segment("second", carol).place.lowerBound)",
          "damage second @\(try scene.segment("second", alice).place.lowerBound)", "damage sealed shop/alice",
          "damage open blog/carol",
        ]
      }),
    NamedDamage(
      name: "a footer", damage: { $0.flip("second", ($0["second"]?.count ?? 0) - 60) },
      finds: { ["damage second @\(($0["second"]?.count ?? 0) - 124)"] }),
    NamedDamage(
      name: "the locators of a pack",
      damage: { $0.flip("archive", try $0.pack("archive").readFooter().locatorsOffset + 9) },
      finds: { ["damage archive @\(try $0.pack("archive").readFooter().locatorsOffset)"] }),
    NamedDamage(name: "the header of a pack", damage: { $0.flip("first", 60) }, finds: { _ in ["damage first @4"] }),
  ]

  static let packs: [NamedDamage] = [
    NamedDamage(
      name: "a pack that is missing", read: [alice: 31, carol: 15], salvaged: [alice: 31, carol: 15],
      damage: { $0["first"] = nil },
      finds: { _ in ["damage first", "damage second blog/carol", "damage second shop/alice"] }),
    NamedDamage(
      name: "a pack that is empty", read: [alice: 31, carol: 15], salvaged: [alice: 31, carol: 15],
      damage: { $0["first"] = [] },
      finds: { _ in
        [
          "damage first @0", "damage first @0", "damage first @0", "damage second blog/carol",
          "damage second shop/alice",
        ]
      }),
    NamedDamage(
      name: "a pack under a second name",
      damage: { scene in scene["packs/00112233445566778899aabbccddeeff.pack"] = scene["first"] },
      finds: { _ in ["warning packs/00112233445566778899aabbccddeeff.pack"] }),
    NamedDamage(
      name: "two packs under each other's names", read: [alice: 21, carol: 10], salvaged: [alice: 21, carol: 10],
      damage: { scene in
        let first = scene["first"]
        scene["first"] = scene["second"]
        scene["second"] = first
      },
      finds: { scene in
        // The first is the longer one.
        let (first, second) = (try scene.facts("first"), try scene.facts("second"))
        return [
          "damage first @8", "damage first @\(second.fileBytes)",
          "damage first @\(first.fileBytes - first.footerBytes)",
          "damage second @8", "damage second @\(second.fileBytes)", "damage second @\(second.fileBytes - 128)",
          "damage sealed shop/alice", "damage open blog/carol",
        ]
      }),
    NamedDamage(
      name: "a pack of another store", read: [alice: 31, carol: 15], salvaged: [alice: 31, carol: 15],
      damage: { scene in
        let other = try ReferenceStore(.killed)
        scene["first"] = other.names(in: "packs").first.flatMap { other.files[$0] }
      },
      finds: { scene in
        let size = try scene.facts("first").fileBytes
        return [
          "damage first @8", "damage first @\(size - 128)", "damage first @\(size)", "damage second blog/carol",
          "damage second shop/alice",
        ]
      }),
    NamedDamage(
      name: "the list of gone sessions, cut", damage: { $0.cut("gone", to: 70) }, finds: { _ in ["damage gone @4"] }),
  ]

  static let dictionaries: [NamedDamage] = [
    NamedDamage(name: "one copy of a dictionary missing", damage: { $0["a"] = nil }, finds: { _ in ["damage a"] }),
    NamedDamage(
      name: "both copies of a dictionary missing", read: [alice: 11, bob: 6, pinned: 1],
      salvaged: [alice: 11, bob: 6, pinned: 1],
      damage: { scene in
        scene["a"] = nil
        scene["b"] = nil
      }, finds: { ["damage a", "damage b"] + (try $0.blocksWithDictionary()) }),
    NamedDamage(
      name: "one copy of a dictionary cut", damage: { $0.cut("b", to: 1_000) }, finds: { _ in ["damage b @1000"] }),
    NamedDamage(
      name: "a dictionary of another content in one copy",
      damage: { scene in scene["a"] = try DamageScene.dictionary("another content altogether") },
      finds: { ["damage a @\($0["a"]?.count ?? 0)"] }),
  ]
}
