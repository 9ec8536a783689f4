import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

/// Faults, full disks, killed processes.
@Suite struct FaultTests {
  @Test("an injected error comes at its ordinal, once, and does nothing")
  func errorOnce() throws {
    let disk = try SimulatedDisk.prepared()
    let file = try disk.durableFile("/store/a", [1])
    disk.inject(Fault(.errno(EDQUOT), at: .ordinal(disk.operationCount + 1)))
    try file.writeBytes([2], at: 0)
    #expect(throws: FileError(.write, path: "/store/a", errno: EDQUOT)) { try file.writeBytes([3], at: 0) }
    #expect(disk.contents("/store/a") == [2])
    try file.writeBytes([4], at: 0)
    #expect(disk.contents("/store/a") == [4])
  }

  @Test("a fault for good stays until it is removed, and matches by operation and path")
  func errorForGood() throws {
    let disk = try SimulatedDisk.prepared()
    let files = disk.process()
    disk.inject(
      Fault(.errno(EACCES), at: .matching { $0 == .open && $1.hasSuffix("/a") || $0 == .list }, times: .forGood))
    _ = try disk.durableFile("/store/a", [1])
    _ = try disk.durableFile("/store/b", [1])
    for _ in 0..<3 { #expect(errorNumber { _ = try files.open("/store/a", .read) } == EACCES) }
    #expect(errorNumber { _ = try files.list("/store") } == EACCES)
    #expect(try files.open("/store/b", .read).facts().size == 1)
    disk.removeFaults()
    #expect(try files.open("/store/a", .read).facts().size == 1)
  }

  @Test("a short write leaves a prefix and reports a full disk")
  func shortWrite() throws {
    let disk = try SimulatedDisk.prepared(seed: 5)
    let file = try disk.durableFile("/store/a", [])
    disk.inject(Fault(.shortWrite, at: .matching { operation, _ in operation == .write }))
    #expect(errorNumber { try file.writeBytes(pattern(1_000), at: 0) } == ENOSPC)
    let found = try #require(disk.contents("/store/a"))
    #expect(found.count < 1_000 && found == pattern(found.count))
    try file.writeBytes(pattern(1_000), at: 0)
    #expect(disk.contents("/store/a") == pattern(1_000))
  }

  @Test("a failed sync loses what was dirty, though a later sync succeeds")
  func failedSync() throws {
    let disk = try SimulatedDisk.prepared()
    let file = try disk.durableFile("/store/a", [1, 1, 1])
    try file.writeBytes([2, 2], at: 0)
    disk.inject(Fault(.failedSyncLosesDirtyData, at: .matching { _, path in path == "/store/a" }))
    #expect(throws: FileError(.sync, path: "/store/a", errno: EIO)) { try file.syncData() }
    #expect(try file.readBytes(at: 0, count: 3) == [2, 2, 1])
    try file.writeBytes([3], at: 2)
    try file.syncData()
    for fate in Fate.allCases {
      #expect(disk.powerLoss(fate, seed: 0).contents("/store/a") == [1, 1, 3])
    }
  }

  @Test("a bit turns on a read, not on the disk")
  func bitFlipOnRead() throws {
    let disk = try SimulatedDisk.prepared()
    let bytes = pattern(2_000)
    let file = try disk.durableFile("/store/a", bytes)
    disk.inject(Fault(.bitFlipOnRead, at: .matching { operation, _ in operation == .read }))
    let wrong = try file.readBytes(at: 10, count: 500)
    let turned = zip(wrong, bytes[10..<510]).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
    #expect(turned == 1)
    #expect(try file.readBytes(at: 10, count: 500) == Array(bytes[10..<510]))
  }

  @Test("a misdirected read gives other sectors of the file, or another file's")
  func misdirectedRead() throws {
    let disk = try SimulatedDisk.prepared()
    let bytes = pattern(4_096)
    let file = try disk.durableFile("/store/a", bytes)
    let small = try disk.durableFile("/store/b", [9, 9, 9])
    disk.inject(Fault(.misdirectedRead, at: .matching { operation, _ in operation == .read }, times: .forGood))
    let wrong = try file.readBytes(at: 512, count: 512)
    #expect(wrong != Array(bytes[512..<1_024]))
    #expect((0..<8).contains { wrong == Array(bytes[$0 * 512..<($0 + 1) * 512]) })
    #expect(try small.readBytes(at: 0, count: 3) == Array(bytes[..<3]))
  }

  @Test("a full disk stores what fits, refuses new files, and frees what is removed, cut or punched")
  func capacity() throws {
    let disk = try SimulatedDisk.prepared()
    let files = disk.process()
    disk.capacity = 4 * 4_096
    let file = try files.open("/store/a", .create)
    try file.truncate(to: 1 << 20)
    #expect(disk.usedBytes == 0)
    #expect(errorNumber { try file.writeBytes(pattern(20_000), at: 100) } == ENOSPC)
    #expect(try file.readBytes(at: 100, count: 16_284) == pattern(16_284))
    #expect(try file.readBytes(at: 16_384, count: 10) == [UInt8](repeating: 0, count: 10))
    #expect(try files.volume(at: "/store") == VolumeFacts(freeBytes: 0, totalBytes: 16_384, networkKind: nil))
    #expect(errorNumber { _ = try files.open("/store/b", .create) } == ENOSPC)
    #expect(errorNumber { try files.createDirectory("/store/d") } == ENOSPC)
    try file.writeBytes(pattern(16_384), at: 0)
    try file.punchHole(at: 1, count: 8_191)
    #expect(disk.usedBytes == 3 * 4_096)
    try file.truncate(to: 4_096)
    #expect(disk.usedBytes == 4_096)
    let other = try files.open("/store/b", .create)
    try other.writeBytes([UInt8](repeating: 0, count: 3 * 4_096), at: 0)
    #expect(errorNumber { try file.writeBytes([1], at: 4_096) } == ENOSPC)
    try files.unlink("/store/b")
    #expect(errorNumber { try file.writeBytes([1], at: 4_096) } == ENOSPC)
    other.close()
    try file.writeBytes([1], at: 4_096)
    #expect(disk.usedBytes == 8_192)
  }

  @Test("a killed process loses its locks and its files; what it wrote is still in the cache")
  func killedProcess() throws {
    let disk = try SimulatedDisk.prepared()
    let (victim, survivor) = (disk.process(), disk.process())
    let file = try victim.open("/store/a", .create)
    try file.writeBytes([1], at: 0)
    let lock = try victim.lock("/store/lock", wait: false)
    #expect(try survivor.lock("/store/lock", wait: false) == nil)
    victim.kill()
    #expect(errorNumber { try file.syncData() } == SimulatedDisk.processKilled)
    #expect(errorNumber { _ = try victim.list("/store") } == SimulatedDisk.processKilled)
    #expect(errorNumber { _ = try victim.lock("/store/lock", wait: true) } == SimulatedDisk.processKilled)
    #expect(try survivor.lock("/store/lock", wait: true) != nil)
    lock?.release()
    #expect(try survivor.open("/store/a", .read).readBytes(at: 0, count: 9) == [1])
    #expect(disk.powerLoss(.drop, seed: 0).contents("/store/a") == nil)
  }

  @Test("who waits for a lock learns that its process was killed or the power went", arguments: [true, false])
  func interruptedWait(_ isKilled: Bool) throws {
    let disk = try SimulatedDisk.prepared()
    let (holder, waiter) = (disk.process(), disk.process())
    let lock = try holder.lock("/store/lock", wait: false)
    let outcome = Monitor<Int32?>(nil)
    Thread.detachNewThread {
      let number = errorNumber { _ = try waiter.lock("/store/lock", wait: true) }
      outcome.withLock { $0 = number ?? 0 }
      outcome.broadcast()
    }
    if isKilled {
      waiter.kill()
    } else {
      disk.crashPoint = disk.operationCount
      #expect(errorNumber { try holder.syncDirectory("/store") } == EIO)
    }
    let number = outcome.wait(while: { $0 == nil }, then: { $0 })
    #expect(number == (isKilled ? SimulatedDisk.processKilled : EIO))
    lock?.release()
  }

  @Test("damage from outside is durable and not counted")
  func damage() throws {
    let disk = try SimulatedDisk.prepared()
    _ = try disk.durableFile("/store/a", [0, 0, 0])
    let (count, before) = (disk.operationCount, disk.fingerprint())
    try disk.flipBit("/store/a", byte: 1, bit: 7)
    #expect(disk.contents("/store/a") == [0, 0x80, 0])
    #expect(disk.fingerprint() != before)
    try disk.flipBit("/store/a", byte: 1, bit: 7)
    #expect(disk.fingerprint() == before)
    try disk.truncateFile("/store/a", to: 2)
    try disk.setContents("/store/new", [7])
    let found = disk.powerLoss(.drop, seed: 0)
    #expect(found.contents("/store/a") == [0, 0] && found.contents("/store/new") == [7])
    #expect(disk.operationCount == count)
    #expect(errorNumber { try disk.flipBit("/store/missing", byte: 0, bit: 0) } == ENOENT)
    #expect(errorNumber { try disk.setContents("/missing/a", []) } == ENOENT)
  }

  @Test("a fingerprint sees names, order of bytes and lengths")
  func fingerprints() throws {
    func print(_ files: [(String, [UInt8])]) throws -> UInt64 {
      let disk = try SimulatedDisk.prepared()
      for (path, bytes) in files { try disk.setContents(path, bytes) }
      return disk.fingerprint()
    }
    let prints = try [
      print([]), print([("/store/a", [])]), print([("/store/a", [0])]), print([("/store/a", [0, 0])]),
      print([("/store/b", [0])]), print([("/store/a", [1, 0])]), print([("/store/a", [0, 1])]),
      print([("/store/a", [UInt8](repeating: 0, count: 8))]), print([("/store/a", [UInt8](repeating: 0, count: 16))]),
      print([("/store/a", [1]), ("/store/b", [2])]), print([("/store/a", [2]), ("/store/b", [1])]),
    ]
    #expect(Set(prints).count == prints.count)
    #expect(try print([("/store/a", [1]), ("/store/b", [2])]) == print([("/store/b", [2]), ("/store/a", [1])]))
  }

  @Test("a remote volume can be pretended")
  func networkKind() throws {
    let disk = try SimulatedDisk.prepared()
    disk.networkKind = "nfs"
    #expect(try disk.process().volume(at: "/store").networkKind == "nfs")
  }
}
