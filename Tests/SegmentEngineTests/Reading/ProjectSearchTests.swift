import SegmentTestSupport
import Testing

@testable import SegmentEngine

@Suite("A project is found in a directory without reading the others")
struct ProjectSearchTests {
  /// A directory in order of project, its places in an order of their own; nil where an entry cannot be told.
  private struct Directory {
    var entries: [(place: ProjectSearch.Place, project: String)] = []
    var untold: Set<ProjectSearch.Place> = []

    init(_ counts: [(String, Int)], _ random: inout SplitMix64) {
      var offset: UInt32 = 128
      for (project, count) in counts {
        for _ in 0..<count {
          let length = 9 + UInt32(random.below(400))
          entries.append((ProjectSearch.place(offset, length), project))
          offset += length
        }
      }
      entries.shuffle(using: &random)
    }

    /// The range that is found, and how many entries were read for it.
    func search(_ project: String) throws -> (range: Range<UInt32>, reads: Int) {
      var reads = 0
      let projects = Dictionary(uniqueKeysWithValues: entries.map { ($0.place, $0.project) })
      var search = ProjectSearch(project) { (offset, length) throws(StoreError) in
        reads += 1
        let place = ProjectSearch.place(offset, length)
        return untold.contains(place) ? nil : projects[place]
      }
      let found = try search.range(in: entries.map(\.place))
      return (found, reads)
    }

    func offsets(of project: String) -> [UInt32] {
      entries.filter { NameBytes.same($0.project, project) }.map { UInt32($0.place >> 32) }
    }
  }

  private static let names = ["", "a", "ab", "b", "blog", "shop", "shop2", "é", "e\u{301}", "z"]

  @Test("All of its entries are in the range, and none of others; few are read", arguments: [1 as UInt64, 2, 3, 4, 5])
  func found(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<30 {
      let sizes = [0, 1, 2, 5, 40, 700]
      let counts = Self.names.sorted(by: NameBytes.precedes).map { ($0, sizes[random.below(sizes.count)]) }
      let directory = Directory(counts, &random)
      for name in Self.names + ["aa", "zz"] {
        let (range, reads) = try directory.search(name)
        let own = directory.offsets(of: name)
        #expect(own.allSatisfy(range.contains), "seed \(seed), \(name)")
        let all = directory.entries.map { UInt32($0.place >> 32) }
        #expect(all.filter(range.contains).count == own.count, "seed \(seed), \(name)")
        // Twice as many halves as there are, and the two ends.
        let halves = Int.bitWidth - all.count.leadingZeroBitCount
        #expect(reads <= 2 + 4 * halves, "seed \(seed), \(name): \(reads) of \(all.count)")
      }
    }
  }

  @Test("Of a directory of one project only the ends are read")
  func alone() throws {
    var random = SplitMix64(seed: 7)
    let directory = Directory([("shop", 5_000)], &random)
    #expect(try directory.search("shop").reads == 2)
    let other = try directory.search("blog")
    #expect(other.range.isEmpty && other.reads == 2)
  }

  @Test("Where entries cannot be told the range is larger, and never too small", arguments: [1 as UInt64, 2, 3, 4, 5])
  func untold(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for share in [1, 2, 10, 100] as [UInt64] {
      let counts = Self.names.sorted(by: NameBytes.precedes).map { ($0, 20) }
      var directory = Directory(counts, &random)
      for (place, _) in directory.entries where random.once(in: share) { directory.untold.insert(place) }
      for name in Self.names {
        let range = try directory.search(name).range
        #expect(directory.offsets(of: name).allSatisfy(range.contains), "seed \(seed), \(name), one in \(share)")
      }
    }
  }
}
