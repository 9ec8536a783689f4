import SegmentFiles
import SegmentTestSupport
import Testing

/// What a loss of power does to names.
@Suite struct PowerLossNameTests {
  /// The sets of paths found after the reboot, over many seeds.
  private func outcomes(_ disk: SimulatedDisk, _ fate: Fate = .random) -> Set<[String]> {
    Set((0..<UInt64(200)).map { disk.powerLoss(fate, seed: $0).paths() })
  }

  @Test("a file whose directory was not synced is lost, however well it was synced itself")
  func lostName() throws {
    let disk = try SimulatedDisk.prepared()
    let files = disk.process()
    let file = try files.open("/store/a", .create)
    try file.writeBytes([1], at: 0)
    try file.syncData()
    #expect(disk.powerLoss(.drop, seed: 0).paths() == [])
    #expect(outcomes(disk) == [[], ["/store/a"]])
    try files.syncDirectory("/store")
    #expect(outcomes(disk) == [["/store/a"]])
    #expect(disk.powerLoss(.drop, seed: 0).contents("/store/a") == [1])
  }

  @Test("a directory whose parent was not synced takes all in it along")
  func lostDirectory() throws {
    let disk = SimulatedDisk(seed: 1)
    let files = disk.process()
    try files.createDirectory("/store")
    try files.open("/store/a", .create).close()
    try files.syncDirectory("/store")
    let found = disk.powerLoss(.drop, seed: 0)
    #expect(try found.process().list("/") == [])
    #expect(try found.process().facts(at: "/store/a") == nil)
    try files.syncDirectory("/")
    #expect(disk.powerLoss(.drop, seed: 0).paths() == ["/store/a"])
  }

  @Test("an unsynced removal can be undone, with the content")
  func undoneUnlink() throws {
    let disk = try SimulatedDisk.prepared()
    _ = try disk.durableFile("/store/a", [1, 2])
    try disk.process().unlink("/store/a")
    #expect(outcomes(disk) == [[], ["/store/a"]])
    #expect(disk.powerLoss(.drop, seed: 0).contents("/store/a") == [1, 2])
    try disk.process().syncDirectory("/store")
    #expect(outcomes(disk) == [[]])
  }

  @Test("an unsynced rename leaves the old state or the new one, never neither")
  func atomicRename() throws {
    let disk = try SimulatedDisk.prepared()
    _ = try disk.durableFile("/store/a", [1])
    _ = try disk.durableFile("/store/b", [2])
    try disk.process().rename("/store/b", to: "/store/a")
    #expect(outcomes(disk) == [["/store/a"], ["/store/a", "/store/b"]])
    for seed in UInt64(0)..<50 {
      let found = disk.powerLoss(.random, seed: seed)
      #expect(found.contents("/store/a") == (found.contents("/store/b") == nil ? [2] : [1]))
    }
  }

  @Test("a chain of renames leaves the file under exactly one name")
  func renameChain() throws {
    let disk = try SimulatedDisk.prepared()
    _ = try disk.durableFile("/store/a", [1])
    try disk.process().rename("/store/a", to: "/store/b")
    try disk.process().rename("/store/b", to: "/store/c")
    #expect(outcomes(disk) == [["/store/a"], ["/store/b"], ["/store/c"]])
  }

  @Test("independent names survive independently, changes of one file in their order")
  func subsets() throws {
    let disk = try SimulatedDisk.prepared()
    let files = disk.process()
    for name in ["a", "b"] { try files.open("/store/\(name)", .create).close() }
    #expect(outcomes(disk) == [[], ["/store/a"], ["/store/b"], ["/store/a", "/store/b"]])
    let other = try SimulatedDisk.prepared()
    _ = try other.durableFile("/store/a", [1])
    try other.process().link("/store/a", as: "/store/b")
    try other.process().unlink("/store/a")
    #expect(outcomes(other) == [["/store/a"], ["/store/a", "/store/b"], ["/store/b"]])
  }

  @Test("directories are independent, a rename between them is one step")
  func twoDirectories() throws {
    let disk = try SimulatedDisk.prepared()
    let files = disk.process()
    for name in ["x", "y"] { try files.createDirectory("/store/\(name)") }
    try files.syncDirectory("/store")
    try files.open("/store/x/a", .create).close()
    try files.open("/store/y/b", .create).close()
    try files.rename("/store/x/a", to: "/store/y/a")
    let expected: Set<[String]> = [
      [], ["/store/x/a"], ["/store/y/b"], ["/store/x/a", "/store/y/b"], ["/store/y/a", "/store/y/b"], ["/store/y/a"],
    ]
    #expect(outcomes(disk).isSubset(of: expected))
    #expect(outcomes(disk).count >= 5)
    try files.syncDirectory("/store/y")
    #expect(outcomes(disk) == [["/store/y/a", "/store/y/b"]])
  }

  @Test("a file moved to another directory is not lost when its old name is taken anew")
  func reusedName() throws {
    let disk = try SimulatedDisk.prepared()
    let files = disk.process()
    for name in ["x", "y"] { try files.createDirectory("/store/\(name)") }
    try disk.setContents("/store/x/a", [1])
    try files.syncDirectory("/store")
    try files.open("/store/y/b", .create).close()
    try files.rename("/store/x/a", to: "/store/y/a")
    try files.open("/store/x/a", .create).close()
    for seed in UInt64(0)..<200 {
      let found = disk.powerLoss(.random, seed: seed)
      let isMoved = found.contents("/store/y/a") == [1]
      #expect(isMoved != (found.contents("/store/x/a") == [1]), "seed \(seed)")
    }
  }

  @Test("a sync of one directory leaves the names of another unsynced")
  func otherDirectory() throws {
    let disk = try SimulatedDisk.prepared()
    let files = disk.process()
    try files.createDirectory("/store/x")
    try files.syncDirectory("/store")
    try files.open("/store/x/a", .create).close()
    try files.open("/store/b", .create).close()
    try files.syncDirectory("/store")
    #expect(disk.powerLoss(.drop, seed: 0).paths() == ["/store/b"])
  }

  @Test("a durable name of a file never synced is an empty file, or what fate leaves", arguments: Fate.allCases)
  func nameWithoutContent(_ fate: Fate) throws {
    let disk = try SimulatedDisk.prepared()
    let files = disk.process()
    let file = try files.open("/store/a", .create)
    try file.writeBytes(pattern(5_000), at: 0)
    try files.syncDirectory("/store")
    let found = try #require(disk.powerLoss(fate, seed: 3).contents("/store/a"))
    switch fate {
    case .drop: #expect(found == [])
    case .keep: #expect(found == pattern(5_000))
    case .garble: #expect(found.count == 5_000 && found != pattern(5_000))
    case .tear4096, .tear512, .random: #expect(found.count <= 5_000)
    }
  }

  @Test("space and links are counted anew after the reboot")
  func countsAfterReboot() throws {
    let disk = try SimulatedDisk.prepared()
    _ = try disk.durableFile("/store/a", pattern(5_000))
    try disk.process().link("/store/a", as: "/store/b")
    let found = disk.powerLoss(.drop, seed: 0)
    #expect(try found.process().facts(at: "/store/a")?.links == 1)
    #expect(found.usedBytes == 8_192)
    #expect(try disk.powerLoss(.keep, seed: 0).process().facts(at: "/store/a")?.links == 2)
    try found.process().unlink("/store/a")
    #expect(found.usedBytes == 0)
  }
}
