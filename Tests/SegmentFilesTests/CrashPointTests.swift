import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

/// Counting operations and crashing at each of them.
@Suite struct CrashPointTests {
  @Test("the log of a life is its operations in order")
  func log() throws {
    let disk = try SimulatedDisk.prepared()
    disk.isLogging = true
    let files = disk.process()
    let file = try files.open("/store/a.tmp", .create)
    try file.writeBytes([1, 2, 3], at: 4_096)
    try file.truncate(to: 5_000)
    try file.punchHole(at: 0, count: 512)
    _ = try file.readBytes(at: 0, count: 1)
    try file.syncData()
    try files.link("/store/a.tmp", as: "/store/a")
    try files.rename("/store/a", to: "/store/b")
    try files.unlink("/store/a.tmp")
    try files.syncDirectory("/store")
    #expect(
      disk.log == [
        "create /store/a.tmp", "write /store/a.tmp 4096+3", "truncate /store/a.tmp 5000",
        "punchHole /store/a.tmp 0+512", "sync /store/a.tmp", "link /store/a <- /store/a.tmp",
        "rename /store/a -> /store/b", "unlink /store/a.tmp", "syncDirectory /store",
      ])
    // The two that prepared the disk were not logged, but counted.
    #expect(disk.operationCount == disk.log.count + 2)
  }

  @Test("reads count when asked for")
  func countedReads() throws {
    let disk = try SimulatedDisk.prepared()
    let file = try disk.durableFile("/store/a", [1])
    let before = disk.operationCount
    _ = try file.readBytes(at: 0, count: 1)
    #expect(disk.operationCount == before)
    disk.countsReads = true
    _ = try file.readBytes(at: 0, count: 1)
    _ = try disk.process().list("/store")
    #expect(disk.operationCount == before + 2)
  }

  @Test("after the crash point nothing works, for no process")
  func afterTheCrash() throws {
    let disk = try SimulatedDisk.prepared()
    let file = try disk.durableFile("/store/a", [1])
    let lock = try disk.process().lock("/store/lock", wait: false)
    disk.crashPoint = disk.operationCount
    #expect(!disk.isCrashed)
    #expect(throws: FileError(.write, path: "/store/a", errno: EIO)) { try file.writeBytes([2], at: 0) }
    #expect(disk.isCrashed)
    let files = disk.process()
    #expect(errorNumber { _ = try file.readBytes(at: 0, count: 1) } == EIO)
    #expect(errorNumber { _ = try files.list("/store") } == EIO)
    #expect(errorNumber { _ = try files.lock("/store/lock", wait: true) } == EIO)
    #expect(lock != nil)
    let found = disk.powerLoss(.keep, seed: 0)
    #expect(!found.isCrashed && found.crashPoint == nil && found.operationCount == 0)
    #expect(try !found.process().isLocked("/store/lock"))
  }

  @Test("the operation at the crash point is done or not, as fate decides; a sync is not")
  func theOperationItself() throws {
    func crashed(_ body: (any StorageFile, SimulatedFileSystem) throws -> Void) throws -> SimulatedDisk {
      let disk = try SimulatedDisk.prepared()
      let file = try disk.durableFile("/store/a", [1])
      try file.writeBytes([2], at: 0)
      disk.crashPoint = disk.operationCount
      #expect(errorNumber { try body(file, disk.process()) } == EIO)
      return disk
    }
    let write = try crashed { file, _ in try file.writeBytes([3], at: 0) }
    #expect(write.powerLoss(.drop, seed: 0).contents("/store/a") == [1])
    #expect(write.powerLoss(.keep, seed: 0).contents("/store/a") == [3])
    let sync = try crashed { file, _ in try file.syncData() }
    #expect(sync.powerLoss(.drop, seed: 0).contents("/store/a") == [1])
    #expect(sync.powerLoss(.keep, seed: 0).contents("/store/a") == [2])
    let create = try crashed { _, files in _ = try files.open("/store/b", .create) }
    #expect(create.powerLoss(.drop, seed: 0).paths() == ["/store/a"])
    #expect(create.powerLoss(.keep, seed: 0).paths() == ["/store/a", "/store/b"])
  }

  @Test("at every crash point and with every fate, what was synced before is there", arguments: Fate.allCases)
  func everyPoint(_ fate: Fate) throws {
    let whole = SimulatedDisk(seed: 1)
    whole.isLogging = true
    try livedLife(whole)
    let log = whole.log
    for point in 0..<log.count {
      let disk = SimulatedDisk(seed: 1)
      disk.crashPoint = point
      #expect(throws: FileError.self) { try livedLife(disk) }
      #expect(disk.operationCount == point + 1)
      let found = disk.powerLoss(fate, seed: UInt64(point))
      let syncs = log[..<point].indices.filter { log[$0] == "syncDirectory /store" }
      // Synced and linked under its name, "two" was never touched again.
      if syncs.count >= 3 { #expect(found.contents("/store/two") == pattern(6_000), "point \(point)") }
      // The first file was replaced by a rename: it is the old one or the new one.
      if syncs.count >= 2 {
        let one = found.contents("/store/one")
        #expect(one == pattern(6_000) || one == pattern(700), "point \(point)")
      }
      #expect(found.paths().allSatisfy { $0.hasPrefix("/store/") })
    }
  }

  @Test("a clone goes its own way, with the same things unsynced")
  func cloning() throws {
    let disk = try SimulatedDisk.prepared()
    let file = try disk.durableFile("/store/a", [1])
    try file.writeBytes([2], at: 0)
    _ = try disk.process().open("/store/b", .create)
    let lock = try disk.process().lock("/store/lock", wait: false)
    let clone = disk.clone()
    #expect(clone.fingerprint() == disk.fingerprint())
    #expect(clone.operationCount == disk.operationCount)
    #expect(try !clone.process().isLocked("/store/lock") && disk.process().isLocked("/store/lock"))
    for fate in Fate.allCases {
      #expect(clone.powerLoss(fate, seed: 7).fingerprint() == disk.powerLoss(fate, seed: 7).fingerprint())
    }
    try clone.process().open("/store/a", .write).writeBytes([3], at: 0)
    #expect(disk.contents("/store/a") == [2] && clone.contents("/store/a") == [3])
    lock?.release()
  }
}
