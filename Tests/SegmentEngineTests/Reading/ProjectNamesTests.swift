import SegmentTestSupport
import Testing

@testable import SegmentEngine

@Suite("The projects of a store are known without reading all of its sessions")
struct ProjectNamesTests {
  private static let names = ["", "a", "ab", "b", "blog", "shop", "shop2", "\u{E9}", "e\u{301}", "z"]

  @Test(
    "Every project of a directory is found, and no other; few entries are read", arguments: [1 as UInt64, 2, 3, 4, 5])
  func found(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for share in [0, 1, 2, 50] as [UInt64] {
      var entries: [(place: ProjectSearch.Place, project: String?)] = []
      var offset: UInt32 = 128
      for name in Self.names.sorted(by: NameBytes.precedes) {
        for _ in 0..<[0, 1, 2, 40, 700][random.below(5)] {
          let isTold = share == 0 || !random.once(in: share)
          entries.append((ProjectSearch.place(offset, 9), isTold ? name : nil))
          offset += 9
        }
      }
      entries.shuffle(using: &random)
      let projects = Dictionary(uniqueKeysWithValues: entries.map { ($0.place, $0.project) })
      var reads = 0
      let found = try ProjectNames.all(in: entries.map(\.place)) { (offset, length) throws(StoreError) in
        reads += 1
        return projects[ProjectSearch.place(offset, length)] ?? nil
      }
      #expect(found == Set(entries.compactMap(\.project).map(ExactName.init)), "seed \(seed), one in \(share)")
      if share == 0 {
        let halves = Int.bitWidth - entries.count.leadingZeroBitCount
        #expect(reads <= 2 + 2 * Self.names.count * halves, "seed \(seed): \(reads) of \(entries.count)")
      }
    }
  }

  @Test("Projects in packs and in the journal are told once each, in order; one that was erased is not")
  func store() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    #expect(try await store.projects() == [])
    for (number, project) in ["shop", "blog", "caf\u{E9}", "cafe\u{301}"].enumerated() {
      for session in 0..<3 {
        let key = SessionKey(project: project, id: "s\(session)")
        try await store.add([Sample.click(Sample.base + Double(number))], to: key)
      }
    }
    let all = ["blog", "cafe\u{301}", "caf\u{E9}", "shop"]
    for round in 0..<3 {
      let told = try await store.projects()
      #expect(told.map { Array($0.utf8) } == all.map { Array($0.utf8) }, "round \(round)")
      if round == 0 { try await store.flush() }
      if round == 1 { try await store.add([Sample.click(Sample.base)], to: SessionKey(project: "blog", id: "new")) }
    }
    _ = try await store.erase(.project("shop"))
    _ = try await store.erase(.session(SessionKey(project: "blog", id: "new")))
    #expect(try await store.projects().map { Array($0.utf8) } == all.dropLast().map { Array($0.utf8) })
    try await store.close()
  }
}
