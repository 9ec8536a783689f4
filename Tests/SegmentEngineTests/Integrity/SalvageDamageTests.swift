internal import Foundation
import SegmentEngine
import Testing

@Suite("Salvage loses what is damaged, says so, and loses nothing else")
struct SalvageDamageTests {
  private func files(_ sample: SalvageSample, _ folder: String) throws -> [String] {
    try sample.folder.files(in: folder)
  }

  @Test("One wrong bit costs what it hits", arguments: ["packs", "journals", "dictionaries"], [true, false])
  func bitFlips(_ kind: String, _ hasCatalog: Bool) async throws {
    let sample = try await SalvageSample()
    if !hasCatalog { try sample.folder.remove("catalog") }
    for name in try files(sample, kind) {
      let bytes = try sample.folder.read(name)
      let steps = 14
      for step in 0...steps {
        let place = min(bytes.count - 1, step * bytes.count / steps + step)
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(step % 8)
        try sample.folder.write(damaged, to: name)
        let what = "\(name), byte \(place) of \(bytes.count)"
        let (report, found) = try await sample.salvage(what)
        let lost = sample.lines.reduce(0) { $0 + $1.value.count } - found.values.reduce(0) { $0 + $1.count }
        #expect(lost == 0 || report.lossCount > (hasCatalog ? 0 : 1), "\(what)")
        // No block of this store holds more than a part of one session.
        let hit = sample.lines.filter { found[$0.key]?.count != $0.value.count }
        #expect(hit.count <= 1, "\(what): \(hit.keys)")
        if kind == "dictionaries" { #expect(lost == 0, "\(what)") }
      }
      try sample.folder.write(bytes, to: name)
    }
  }

  @Test("Any bit of the catalog may be wrong, of either copy")
  func catalogFlips() async throws {
    let sample = try await SalvageSample()
    let bytes = try sample.folder.read("catalog")
    for step in 0..<16 {
      var damaged = bytes
      damaged[step * bytes.count / 16 + step] ^= 4
      try sample.folder.write(damaged, to: "catalog")
      let (report, found) = try await sample.salvage("catalog, step \(step)")
      #expect(sample.isWhole(found) && report.catalog == .whole && report.isComplete)
    }
    // Both copies of a page, frame by frame.
    for page in 0..<bytes.count / 4_096 {
      var damaged = bytes
      for at in page * 4_096..<bytes.count where at % 512 == 7 { damaged[at] ^= 0xFF }
      try sample.folder.write(damaged, to: "catalog")
      let (report, found) = try await sample.salvage("catalog, from page \(page) on")
      #expect(sample.isWhole(found))
      #expect(page > 0 || report.catalog == .gone)
    }
  }

  @Test("A pack that is cut short keeps what stands before the cut", arguments: [true, false])
  func truncated(_ hasCatalog: Bool) async throws {
    let sample = try await SalvageSample()
    if !hasCatalog { try sample.folder.remove("catalog") }
    for name in try files(sample, "packs") {
      let bytes = try sample.folder.read(name)
      var before = -1
      for step in 0...16 {
        let length = step * (bytes.count - 1) / 16
        try sample.folder.write(Array(bytes[..<length]), to: name)
        let (report, found) = try await sample.salvage("\(name) of \(bytes.count) cut to \(length)")
        let events = found.values.reduce(0) { $0 + $1.count }
        #expect(events >= before, "the more is there, the more is kept")
        // All but the last byte: the directory is there, and the catalog says that nothing is missing.
        #expect(!report.isComplete || (hasCatalog && step == 16 && sample.isWhole(found)))
        before = events
      }
      try sample.folder.write(bytes, to: name)
    }
  }

  @Test("Without its footer, and without its directory, a pack keeps all events", arguments: [true, false])
  func ends(_ hasCatalog: Bool) async throws {
    let sample = try await SalvageSample()
    if !hasCatalog { try sample.folder.remove("catalog") }
    for name in try files(sample, "packs") {
      let bytes = try sample.folder.read(name)
      func number(_ at: Int) -> Int { (0..<8).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
      let footer = bytes.count - 128
      let (directory, locators) = (number(footer + 32), number(footer + 40))
      // The footer; locators too; the directory alone; all of it; the header; the footer is gone from the file.
      for range in [
        footer..<bytes.count, locators..<bytes.count, directory..<locators, directory..<bytes.count, 0..<128,
      ] {
        var damaged = bytes
        for at in range { damaged[at] = damaged[at] &* 31 &+ UInt8(truncatingIfNeeded: at) | 1 }
        try sample.folder.write(damaged, to: name)
        let (report, found) = try await sample.salvage("\(name), \(range)")
        #expect(sample.isWhole(found), "\(name), \(range)")
        #expect(report.packsRewritten >= 1)
        // Tags stand in the directory alone.
        let hasDirectory = range.lowerBound >= locators || range.upperBound <= directory
        let details = report.losses.filter { $0.reason.contains("directory entry") }
        #expect(details.isEmpty == hasDirectory, "\(name), \(range)")
      }
      try sample.folder.write(Array(bytes[..<footer]), to: name)
      let (_, found) = try await sample.salvage("\(name) without its footer")
      #expect(sample.isWhole(found))
      try sample.folder.write(bytes, to: name)
    }
  }

  @Test(
    "With both copies of a dictionary gone its blocks are lost, and no others; with one nothing is",
    arguments: [true, false])
  func dictionaries(_ hasCatalog: Bool) async throws {
    let sample = try await SalvageSample()
    if !hasCatalog { try sample.folder.remove("catalog") }
    let names = try files(sample, "dictionaries")
    #expect(names.count == 2)
    let bytes = try sample.folder.read(names[0])
    for (index, name) in names.enumerated() {
      try sample.folder.remove(name)
      let (report, found) = try await sample.salvage("without \(name)")
      if index == 0 {
        #expect(sample.isWhole(found) && report.dictionaries == 1)
        let store = try await ReplayStore.open(sample.target, mode: .readOnly)
        #expect(try await store.info().dictionaries.count == 2)
        try await store.close()
      } else {
        for key in sample.lines.keys where key.project == "other" {
          #expect(found[key]?.count == sample.lines[key]?.count, "\(key)")
        }
        #expect(
          !sample.isWhole(found) && found[SessionKey(id: "s6")]?.count == sample.lines[SessionKey(id: "s6")]?.count)
        #expect(report.losses.contains { $0.reason.contains("dictionary") && $0.sequences != nil && $0.session != nil })
      }
    }
    try sample.folder.write(bytes, to: names[0])
    var broken = bytes
    broken[40] ^= 1
    try sample.folder.write(broken, to: names[1])
    #expect(try await sample.isWhole(sample.salvage("one copy damaged").found))
  }

  @Test("A file that the catalog names and that is not there is reported")
  func missing() async throws {
    let sample = try await SalvageSample()
    let name = try #require(try files(sample, "packs").first)
    try sample.folder.remove(name)
    let (report, found) = try await sample.salvage("without \(name)")
    #expect(report.losses.map(\.file) == [name] && !sample.isWhole(found))
  }

  @Test("A journal kept aside because of damage is read, and brings nothing twice", arguments: [true, false])
  func keptAside(_ hasCatalog: Bool) async throws {
    let sample = try await SalvageSample()
    let name = try #require(try files(sample, "journals").first)
    let bytes = try sample.folder.read(name)
    // A payload: its head still tells what is lost.
    let text = Array("plain5".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: text) })
    var damaged = bytes
    damaged[place] ^= 1
    try sample.folder.write(damaged, to: name)
    let store = try await sample.folder.open()
    try await store.flush()
    try await store.close()
    let aside = try #require(try files(sample, "damaged").first)
    #expect(try files(sample, "packs").count == 3)
    if !hasCatalog { try sample.folder.remove("catalog") }
    let lost = SessionKey(project: "other", id: "o5")
    let (report, found) = try await sample.salvage("kept aside")
    #expect(found[lost] == nil || found[lost] == [])
    #expect(report.losses.contains { $0.session == lost && $0.sequences == 0..<2 && $0.file == aside })
    #expect(found.filter { $0.key != lost }.allSatisfy { sample.lines[$0.key]?.count == $0.value.count })
    // Mended, as by a disk that gives the sector after all, it gives back what was lost.
    try sample.folder.write(bytes, to: aside)
    let (mended, all) = try await sample.salvage("mended")
    #expect(sample.isWhole(all) || hasCatalog)
    #expect(mended.losses.allSatisfy { $0.file == "catalog" })
  }
}
