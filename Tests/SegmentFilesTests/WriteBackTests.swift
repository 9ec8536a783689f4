import SegmentFiles
import SegmentTestSupport
import Testing

/// What the system writes to the disk of itself, and what a failed sync makes it forget.
@Suite struct WriteBackTests {
  /// What is durable of a page-wise file after each of many seeds, with nothing synced.
  private func survivors(_ body: (any StorageFile, SimulatedFileSystem) throws -> Void) throws -> [[UInt8]] {
    try (0..<60).map { seed in
      let disk = try SimulatedDisk.prepared()
      let file = try disk.durableFile("/store/a", [UInt8](repeating: 1, count: 8 * 4_096))
      disk.writeBack(seed: UInt64(seed))
      try body(file, disk.process())
      // Nothing else is kept: what is found is what was written back.
      return try #require(disk.powerLoss(.drop, seed: 0).contents("/store/a"))
    }
  }

  @Test("pages that nobody synced become durable in any order, each as the cache had it at some moment")
  func pages() throws {
    var found: Set<[UInt8]> = []
    for bytes in try survivors({ file, _ in
      for value in 2...4 as ClosedRange<UInt8> {
        for page in 0..<8 {
          try file.writeBytes([UInt8](repeating: value, count: 4_096), at: UInt64(page * 4_096))
        }
      }
    }) {
      #expect(bytes.count == 8 * 4_096)
      let values = (0..<8).map { bytes[$0 * 4_096] }
      for (page, value) in values.enumerated() {
        #expect(bytes[page * 4_096..<(page + 1) * 4_096].allSatisfy { $0 == value } && (1...4).contains(value))
      }
      found.insert(values)
    }
    #expect(found.count > 40)
    // A later page is there without an earlier one that was written before it.
    #expect(found.contains { $0[0] == 1 && $0[7] > 1 })
  }

  @Test("a page that was written back stays when the rest of its write meets another fate", arguments: Fate.allCases)
  func fates(_ fate: Fate) throws {
    for seed in UInt64(0)..<40 {
      let disk = try SimulatedDisk.prepared()
      let file = try disk.durableFile("/store/a", [UInt8](repeating: 1, count: 4 * 4_096))
      disk.garblesWholeSectors = false
      disk.writeBack(seed: seed)
      try file.writeBytes([UInt8](repeating: 2, count: 4 * 4_096), at: 0)
      for _ in 0..<8 { try disk.process().syncDirectory("/store") }
      disk.writeBack(seed: nil)
      let early = try #require(disk.powerLoss(.drop, seed: 0).contents("/store/a"))
      let late = try #require(disk.powerLoss(fate, seed: seed).contents("/store/a"))
      for page in 0..<4 where early[page * 4_096] == 2 {
        #expect(late[page * 4_096..<(page + 1) * 4_096].allSatisfy { $0 == 2 })
      }
    }
  }

  @Test("sizes and holes are written back too; what was cut off does not come back")
  func sizes() throws {
    var sizes: Set<Int> = []
    for bytes in try survivors({ file, files in
      try file.punchHole(at: 0, count: 4_096)
      try file.truncate(to: 4_096 * 2)
      try file.writeBytes([UInt8](repeating: 3, count: 4_096), at: 4_096 * 5)
      for _ in 0..<6 { try files.syncDirectory("/store") }
    }) {
      sizes.insert(bytes.count)
      if bytes.count == 4_096 * 6 { #expect(bytes[4_096 * 2..<4_096 * 5].allSatisfy { $0 == 0 }) }
      if bytes.count != 4_096 * 8 { #expect(bytes[..<4_096].allSatisfy { $0 == 0 }) }
    }
    #expect(sizes.isSuperset(of: [4_096 * 8, 4_096 * 2, 4_096 * 6]))
  }

  @Test("names are written back in their order")
  func names() throws {
    var counts: Set<Int> = []
    for seed in UInt64(0)..<60 {
      let disk = try SimulatedDisk.prepared()
      let files = disk.process()
      disk.writeBack(seed: seed)
      for number in 0..<8 { try files.link(try source(files, number), as: "/store/new-\(number)") }
      let found = disk.powerLoss(.drop, seed: 0).paths().filter { $0.contains("new-") }
      #expect(found == (0..<found.count).map { "/store/new-\($0)" })
      counts.insert(found.count)
    }
    #expect(counts.count > 3)
  }

  private func source(_ files: SimulatedFileSystem, _ number: Int) throws -> String {
    let path = "/store/old-\(number)"
    _ = try files.open(path, .create)
    return path
  }

  @Test("the same seed writes the same back, and no seed nothing")
  func repeatable() throws {
    func print(_ seed: UInt64?) throws -> UInt64 {
      let disk = SimulatedDisk(seed: 1)
      disk.writeBack(seed: seed)
      try livedLife(disk)
      return disk.powerLoss(.drop, seed: 0).fingerprint()
    }
    #expect(try print(3) == print(3))
    #expect(try print(nil) == print(nil))
  }

  @Test("a failed sync can take what was dirty out of the cache too, its size and its space")
  func revertedSync() throws {
    let disk = try SimulatedDisk.prepared()
    let file = try disk.durableFile("/store/a", [1, 1, 1])
    let used = disk.usedBytes
    try file.writeBytes([UInt8](repeating: 2, count: 9_000), at: 1)
    disk.inject(Fault(.failedSyncRevertsDirtyData, at: .matching { _, path in path == "/store/a" }))
    #expect(throws: FileError(.sync, path: "/store/a", errno: 5)) { try file.syncData() }
    #expect(try file.readBytes(at: 0, count: 9) == [1, 1, 1])
    #expect(disk.usedBytes == used)
    try file.writeBytes([3], at: 2)
    try file.syncData()
    #expect(disk.powerLoss(.drop, seed: 0).contents("/store/a") == [1, 1, 3])
  }
}
