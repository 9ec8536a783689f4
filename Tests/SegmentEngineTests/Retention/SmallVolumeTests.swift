internal import Foundation
import SegmentFiles
import Testing

@testable import SegmentEngine

/// A real file system of 24 MB, where the test may mount one.
@Suite(
  "On a real small file system that fills up",
  .enabled(if: SmallVolume.isAvailable, "mounting a tmpfs is not allowed here"))
struct SmallVolumeTests {
  @Test("Ingest is refused, expiry and erasure work, statvfs shows the space back, and ingest resumes by itself")
  func fillsUp() async throws {
    let volume = try SmallVolume(megabytes: 24)
    let clock = ShiftedClock()
    var environment = StoreEnvironment.system()
    environment.clock = clock
    var configuration = Configuration.compacting(recentHours: 1)
    configuration.packBytes = 4 << 20
    let store = try await ReplayStore.open(
      Layout(root: volume.path + "/store"), mode: .readWrite, configuration: configuration, environment)
    try await store.setPolicy(Policy(otherwise: .init(name: "default", keep: 1, retention: .days(2)), freeBytes: 0))
    var generator = SeededGenerator(seed: 5)
    var stored: [SessionKey: String] = [:]
    var number = 0
    func append() async throws {
      let key = SessionKey(id: "s\(number)")
      number += 1
      let text = (0..<100).map { Sample.mutation(Sample.base + Double($0), text: generator.letters(1_000)) + "\n" }
        .joined()
      try await store.append(Array(text.utf8), to: key, origin: .imported)
      try await store.finish(key)
      stored[key] = text
    }
    func fill() async throws -> StoreError? {
      while number < 2_000 {
        do { try await append() } catch let error as StoreError { return error }
      }
      return nil
    }
    // Something archived, something recent, and the rest live.
    for _ in 0..<40 { try await append() }
    try await store.maintain([.flush])
    clock.advance(hours: 2)
    try await store.maintain()
    #expect(try await store.info().reserveBytes >= Reserve.leastBytes)
    for _ in 0..<20 { try await append() }
    try await store.flush()
    let refusal = try await fill()
    #expect(refusal?.code == .diskFull && refusal?.isRetryable == true)
    // Reading goes on.
    for (key, text) in stored { #expect(try await store.export(key) == text) }

    let full = try volume.freeBytes()
    let receipt = try await store.erase(.session(SessionKey(id: "s1")))
    #expect(receipt.isComplete)
    #expect(try await store.summary(of: SessionKey(id: "s1")) == nil)
    clock.advance(hours: 24 * 3)
    let report = try await store.maintain([.expiry])
    #expect(report.departures.map(\.sessions).reduce(0, +) == 39)
    let free = try volume.freeBytes()
    let text = stored[SessionKey(id: "s0")]?.utf8.count ?? 0
    // Random letters shrink to 5/8 or so at best.
    #expect(free > full + UInt64(39 * text / 2), "\(full) free before, \(free) after")
    try await append()
    let key = SessionKey(id: "s\(number - 1)")
    #expect(try await store.export(key) == stored[key])
    #expect(try await store.verify(deep: true).findings.filter { $0.severity == .damage } == [])
    try await store.close()
  }

  @Test("A budget keeps the store within bounds that statvfs agrees with")
  func budget() async throws {
    let volume = try SmallVolume(megabytes: 64)
    let clock = ShiftedClock()
    var environment = StoreEnvironment.system()
    environment.clock = clock
    var configuration = Configuration.compacting(recentHours: 1)
    configuration.packBytes = 4 << 20
    let budget: UInt64 = 16 << 20
    let before = try volume.freeBytes()
    let store = try await ReplayStore.open(
      Layout(root: volume.path + "/store"), mode: .readWrite, configuration: configuration, environment)
    try await store.setPolicy(
      Policy(otherwise: .init(name: "default", keep: 1, retention: .days(20)), budgetBytes: budget, freeBytes: 0))
    var generator = SeededGenerator(seed: 6)
    var least = before
    for number in 0..<400 {
      let lines = (0..<100).map { Sample.mutation(Sample.base + Double($0), text: generator.letters(1_000)) }
      let key = SessionKey(id: "s\(number)")
      do throws(StoreError) {
        try await store.append(Sample.batch(lines), to: key, origin: .imported)
        try await store.finish(key)
      } catch {
        #expect(error.code == .budgetExceeded)
      }
      least = min(least, try volume.freeBytes())
      if number % 10 == 9 {
        clock.advance(hours: 2)
        try await store.maintain(MaintenanceJob.allCases.reduce(into: []) { $0.insert($1) })
        least = min(least, try volume.freeBytes())
      }
    }
    #expect(before - least <= budget + UInt64(configuration.packBytes))
    #expect(try await store.sessions(SessionQuery(limit: 1_000)).sessions.count > 100)
    // Nobody lets go between the calls here, so that some of what came then was refused; the newest are there all the same.
    let newest = try await store.sessions(SessionQuery(limit: 1_000)).sessions.compactMap { Int($0.key.id.dropFirst()) }
      .max()
    #expect(newest ?? 0 > 380)
    try await store.close()
  }
}

/// A file system of its own, gone with this object.
final class SmallVolume {
  let path: String

  static let isAvailable: Bool = {
    guard let volume = try? SmallVolume(megabytes: 1) else { return false }
    return volume.path.isEmpty == false
  }()

  init(megabytes: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("segment-volume-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
    let status = try Self.run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700", "none", path)
    guard status == 0 else {
      try? FileManager.default.removeItem(atPath: path)
      throw CocoaError(.fileWriteNoPermission)
    }
  }

  deinit {
    _ = try? Self.run("umount", "-l", path)
    try? FileManager.default.removeItem(atPath: path)
  }

  func freeBytes() throws -> UInt64 { try POSIXFileSystem().volume(at: path).freeBytes }

  private static func run(_ name: String, _ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
