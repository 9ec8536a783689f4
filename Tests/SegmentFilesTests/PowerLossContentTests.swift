import SegmentFiles
import SegmentTestSupport
import Testing

/// What a loss of power does to content and sizes.
@Suite struct PowerLossContentTests {
  /// Content after the reboot, for many seeds.
  private func outcomes(_ disk: SimulatedDisk, _ fate: Fate, seeds: UInt64 = 200) throws -> [[UInt8]] {
    try (0..<seeds).map { try #require(disk.powerLoss(fate, seed: $0).contents("/store/a")) }
  }

  @Test("synced content survives every fate", arguments: Fate.allCases)
  func syncedContent(_ fate: Fate) throws {
    let disk = try SimulatedDisk.prepared()
    let bytes = pattern(10_000)
    _ = try disk.durableFile("/store/a", bytes)
    for found in try outcomes(disk, fate, seeds: 50) { #expect(found == bytes) }
  }

  @Test("drop loses all that was not synced, keep loses nothing")
  func dropAndKeep() throws {
    let disk = try SimulatedDisk.prepared()
    let bytes = pattern(2_000)
    let file = try disk.durableFile("/store/a", bytes)
    try file.writeBytes(pattern(3_000, salt: 1), at: 1_000)
    try file.truncate(to: 3_500)
    try file.punchHole(at: 0, count: 100)
    let seen = try file.readBytes(at: 0, count: 10_000)
    #expect(seen.count == 3_500)
    #expect(disk.powerLoss(.drop, seed: 0).contents("/store/a") == bytes)
    #expect(disk.powerLoss(.keep, seed: 0).contents("/store/a") == seen)
    #expect(disk.contents("/store/a") == seen)
  }

  @Test("the last write of a sector counts, whole or not at all", arguments: [Fate.tear512, .tear4096, .random])
  func versionsOfASector(_ fate: Fate) throws {
    let disk = try SimulatedDisk.prepared()
    let file = try disk.durableFile("/store/a", [UInt8](repeating: 0, count: 512))
    try file.writeBytes([1, 1], at: 0)
    try file.writeBytes([2, 2], at: 100)
    try file.writeBytes([3, 3], at: 200)
    for found in try outcomes(disk, fate) where found.allSatisfy({ $0 < 4 }) {
      let (first, second, third) = (found[0] == 1, found[100] == 2, found[200] == 3)
      #expect(first || !second)
      #expect(second || !third)
    }
  }

  @Test("garbled sectors are whole and unsynced; some hold random bytes")
  func garble() throws {
    let disk = try SimulatedDisk.prepared()
    let old = pattern(8_192)
    let file = try disk.durableFile("/store/a", old)
    let new = pattern(1_024, salt: 9)
    try file.writeBytes(new, at: 1_000)
    var garbledSectors: Set<Int> = []
    for found in try outcomes(disk, .garble) {
      #expect(found.count == old.count)
      for sector in 0..<16 {
        let range = sector * 512..<(sector + 1) * 512
        var kept = old
        kept.replaceSubrange(1_000..<2_024, with: new)
        if found[range] != kept[range] { garbledSectors.insert(sector) }
      }
    }
    #expect(garbledSectors == [1, 2, 3])
  }

  @Test("garbling can be kept to the bytes that were written")
  func garbleWithinTheWrite() throws {
    let disk = try SimulatedDisk.prepared()
    disk.garblesWholeSectors = false
    let old = pattern(1_024)
    let file = try disk.durableFile("/store/a", old)
    try file.writeBytes([0, 0, 0, 0], at: 510)
    var isGarbled = false
    for found in try outcomes(disk, .garble) {
      #expect(found[..<510] == old[..<510] && found[514...] == old[514...])
      isGarbled = isGarbled || found[510..<514] != [0, 0, 0, 0]
    }
    #expect(isGarbled)
  }

  @Test("a torn write is a prefix up to a boundary", arguments: [(Fate.tear512, 512), (.tear4096, 4_096)])
  func tear(_ fate: Fate, _ unit: Int) throws {
    let disk = try SimulatedDisk.prepared()
    let file = try disk.durableFile("/store/a", [UInt8](repeating: 0, count: 20_000))
    let new = pattern(10_000)
    try file.writeBytes(new, at: 1_000)
    var lengths: Set<Int> = []
    for found in try outcomes(disk, fate) {
      let length = zip(found[1_000..<11_000], new).prefix { $0 == $1 }.count
      #expect(found[(1_000 + length)...].allSatisfy { $0 == 0 })
      #expect(length == 0 || length == 10_000 || (1_000 + length) % unit == 0)
      lengths.insert(length)
    }
    #expect(lengths.contains(0) && lengths.contains(10_000) && lengths.count > 3)
  }

  @Test("unsynced growth is lost or kept; what is missing of its data reads as zeros")
  func growth() throws {
    let disk = try SimulatedDisk.prepared()
    let file = try disk.durableFile("/store/a", pattern(1_000))
    let new = pattern(3_000, salt: 5)
    try file.writeBytes(new, at: 1_000)
    var sizes: Set<Int> = []
    var hasZeros = false
    for found in try outcomes(disk, .tear512) {
      sizes.insert(found.count)
      #expect(found.count >= 1_000 && found.count <= 4_000)
      #expect(found.prefix(1_000) == pattern(1_000)[...])
      let kept = zip(found[1_000...], new).prefix { $0 == $1 }.count
      #expect(found[(1_000 + kept)...].allSatisfy { $0 == 0 })
      hasZeros = hasZeros || found.count > 1_000 + kept
    }
    #expect(hasZeros)
    #expect(sizes.contains(1_000) && sizes.contains(4_000) && sizes.count > 3)
  }

  @Test("random draws a lot for each sector: kept, lost and garbled ones stand side by side")
  func randomSectors() throws {
    let disk = try SimulatedDisk.prepared()
    let old = [UInt8](repeating: 0, count: 8_192)
    let file = try disk.durableFile("/store/a", old)
    let new = pattern(8_192)
    try file.writeBytes(new, at: 0)
    var mixtures: Set<String> = []
    for found in try outcomes(disk, .random) {
      mixtures.insert(
        (0..<16).map { sector in
          let range = sector * 512..<(sector + 1) * 512
          return found.count < range.upperBound
            ? "-" : found[range] == new[range] ? "n" : found[range] == old[range] ? "o" : "g"
        }.joined())
    }
    #expect(mixtures.contains(String(repeating: "n", count: 16)))
    #expect(mixtures.contains(String(repeating: "o", count: 16)))
    #expect(mixtures.contains { $0.contains("no") && $0.contains("on") })
    #expect(mixtures.contains { $0.contains("g") && $0.contains("n") })
    #expect(mixtures.count > 50)
  }

  @Test("truncating and punching are lost or kept too")
  func otherChanges() throws {
    let disk = try SimulatedDisk.prepared()
    let file = try disk.durableFile("/store/a", pattern(16_384))
    try file.punchHole(at: 0, count: 8_192)
    try file.truncate(to: 12_000)
    var sizes: Set<Int> = []
    var zeroPages: Set<[Bool]> = []
    for found in try outcomes(disk, .random) {
      sizes.insert(found.count)
      zeroPages.insert([found[0] == 0, found[4_096] == 0])
    }
    #expect(sizes == [12_000, 16_384])
    #expect(zeroPages == [[true, true], [false, false], [true, false], [false, true]])
  }

  @Test("sizes reach the disk in order: what was cut off does not come back with a later size")
  func sizesInOrder() throws {
    let disk = try SimulatedDisk.prepared()
    let file = try disk.durableFile("/store/a", pattern(1_000))
    try file.truncate(to: 500)
    try file.truncate(to: 2_000)
    let found = Set(try outcomes(disk, .random))
    let zeros = [UInt8](repeating: 0, count: 1_500)
    #expect(found == [pattern(1_000), pattern(500), pattern(500) + zeros])
  }

  @Test("the same seed finds the same disk, and what is found has nothing left to lose", arguments: Fate.allCases)
  func repeatable(_ fate: Fate) throws {
    let disk = SimulatedDisk(seed: 1)
    disk.crashPoint = 19
    #expect(throws: FileError.self) { try livedLife(disk) }
    for seed in UInt64(0)..<20 {
      let found = disk.powerLoss(fate, seed: seed)
      #expect(found.fingerprint() == disk.powerLoss(fate, seed: seed).fingerprint())
      for next in Fate.allCases {
        #expect(found.powerLoss(next, seed: seed + 1).fingerprint() == found.fingerprint())
      }
    }
  }
}
