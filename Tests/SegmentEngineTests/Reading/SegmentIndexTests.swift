import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// Locators as they come from packs, and the index they make together.
@Suite struct SegmentIndexTests {
  private static let directory: Range<UInt64> = 1_000..<1_000_000

  private func locators(_ count: Int, bits: UInt64 = 64, _ random: inout SplitMix64) -> [Locator] {
    (0..<count).map { number in
      Locator(
        hash: random.next() >> (64 - bits), offset: 1_000 + UInt32(number), length: 100, start: UInt32(number), end: 7)
    }
  }

  private func facts(_ number: Int) -> PackFacts {
    PackFacts(
      id: Identifier(high: 0, low: UInt64(number)), fileBytes: 0, footerBytes: 0, tier: .recent, className: "",
      expiryDay: 0, segments: 0, events: 0, rawBytes: 0, storedBytes: 0, packedEvents: 0, firstReceived: 0,
      lastReceived: 0, firstOrdinal: 0, lastOrdinal: 0, dictionaries: [])
  }

  /// Spread over all 64 bits, as hashes are, or all alike in the upper ones, as no hashes are.
  @Test(arguments: [(1, 64), (2, 64), (3, 64), (4, 20), (5, 3)] as [(UInt64, UInt64)])
  func anIndexHoldsEverySegmentOfItsPacksInOrder(seed: UInt64, bits: UInt64) {
    var random = SplitMix64(seed: seed)
    var index = SegmentIndex.empty
    var expected: [UInt64: [UInt64: Int]] = [:]
    for round in 0..<5 {
      var added: [(facts: PackFacts, locators: LocatorTable)] = []
      for pack in 0..<5 {
        let number = round * 5 + pack
        let some = locators([0, 1, 70, 900, 2_000][random.below(5)], bits: bits, &random)
        for locator in some { expected[locator.hash, default: [:]][UInt64(number), default: 0] += 1 }
        added.append((facts(number), LocatorTable(some)))
      }
      let removed: Set<Identifier> = round == 0 ? [] : [Identifier(high: 0, low: UInt64(round))]
      for hash in expected.keys { for pack in removed { expected[hash]?[pack.low] = nil } }
      index = index.changing(removing: removed, adding: added)
      let merged = index.merged()
      let hashes = merged.segments?.map(\.hash) ?? []
      #expect(zip(hashes, hashes.dropFirst()).allSatisfy { $0 <= $1 }, "seed \(seed)")
      #expect(hashes.count == expected.values.reduce(0) { $0 + $1.values.reduce(0, +) }, "seed \(seed)")
      for (hash, packs) in expected {
        for index in [index, merged] {
          var found: [UInt64: Int] = [:]
          for segment in index.find(hash) { found[index.packs[Int(segment.pack)]?.id.low ?? .max, default: 0] += 1 }
          guard found == packs, index.contains(hash) == !packs.isEmpty, index.count == hashes.count else {
            Issue.record("seed \(seed): \(found) for \(packs)")
            return
          }
        }
      }
    }
  }

  @Test(arguments: [1 as UInt64, 2]) func theFirstLocatorOfAHashIsFoundWhereverItStands(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for count in [0, 1, 2, 33, 1_000] {
      for bits in [3, 10, 64] as [UInt64] {
        let table = LocatorTable(locators(count, bits: bits, &random))
        for hash in table.map(\.hash) + [0, 1, .max, random.next(), 500] {
          #expect(table.lowerBound(hash) == table.firstIndex { $0.hash >= hash } ?? count, "seed \(seed)")
        }
      }
    }
  }

  @Test func locatorsAreReadBackAsTheyWereWritten() throws {
    var random = SplitMix64(seed: 9)
    let some = locators(50, &random)
    let written = LocatorTable(some)
    #expect(Array(written) == some.sorted { $0.hash < $1.hash })
    let read = try LocatorTable(Array(written.encoded) + [1, 2, 3], count: 50, directory: Self.directory)
    #expect(Array(read) == Array(written))
    var each: [Locator] = []
    let end = read.visit(from: 3) { locator in
      each.append(locator)
      return each.count < 10
    }
    #expect(each == Array(written)[3..<13].map { $0 } && end == 12)
  }

  @Test func aLocatorOutOfOrderOrOutsideOfTheDirectoryIsNamedByItsOffset() {
    func problem(_ change: (inout [Locator]) -> Void) -> FormatError? {
      var some = (0..<10).map { Locator(hash: UInt64($0), offset: 1_000, length: 999_000, start: 0, end: 0) }
      change(&some)
      var writer = ByteWriter()
      for locator in some { locator.encode(into: &writer) }
      do throws(FormatError) {
        _ = try LocatorTable(writer.bytes, count: 10, directory: Self.directory)
        return nil
      } catch {
        return error
      }
    }
    #expect(problem { _ in } == nil)
    #expect(problem { $0[4].hash = 2 } == FormatError(.invalid("locator"), at: 96))
    #expect(problem { $0[3].offset = 999 } == FormatError(.invalid("locator"), at: 72))
    #expect(problem { $0[9].length += 1 } == FormatError(.invalid("locator"), at: 216))
    #expect(problem { $0[0].offset = .max } == FormatError(.invalid("locator"), at: 0))
    #expect(problem { $0.removeLast() } == FormatError(.truncated, at: 216))
  }
}
