import Foundation
import SegmentFiles
import Testing

/// What an open file must do, on a real file system and on the simulated one.
@Suite struct FileContractTests {
  @Test("what was written is read back", arguments: Subject.allCases)
  func roundTrip(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let bytes = pattern(10_000)
    let file = try fixture.make("a", bytes)
    try file.syncData()
    #expect(try fixture.content("a") == bytes)
    try file.writeBytes([1, 2, 3], at: 4_095)
    #expect(try file.readBytes(at: 4_094, count: 5) == [bytes[4_094], 1, 2, 3, bytes[4_098]])
    #expect(try file.facts().size == 10_000)
  }

  @Test("a read at the end of a file is short, beyond it empty", arguments: Subject.allCases)
  func shortReads(_ subject: Subject) throws {
    let file = try FileSystemFixture(subject).make("a", [1, 2, 3])
    #expect(try file.readBytes(at: 1, count: 10) == [2, 3])
    #expect(try file.readBytes(at: 3, count: 1) == [])
    #expect(try file.readBytes(at: 1_000, count: 1) == [])
    #expect(try file.readBytes(at: .max, count: 1) == [])
    #expect(try file.readBytes(at: 0, count: 0) == [])
  }

  @Test("growth without data reads as zeros", arguments: Subject.allCases)
  func growth(_ subject: Subject) throws {
    let file = try FileSystemFixture(subject).make("a", [1])
    try file.writeBytes([2], at: 5_000)
    #expect(try file.readBytes(at: 0, count: 6_000) == [1] + [UInt8](repeating: 0, count: 4_999) + [2])
    try file.truncate(to: 5_003)
    #expect(try file.readBytes(at: 5_000, count: 10) == [2, 0, 0])
  }

  @Test("bytes cut off do not come back", arguments: Subject.allCases)
  func truncation(_ subject: Subject) throws {
    let file = try FileSystemFixture(subject).make("a", pattern(100))
    try file.truncate(to: 10)
    try file.truncate(to: 20)
    #expect(try file.readBytes(at: 0, count: 100) == pattern(10) + [UInt8](repeating: 0, count: 10))
    #expect(try file.facts().size == 20)
  }

  @Test("a hole reads as zeros and leaves the rest", arguments: Subject.allCases)
  func holes(_ subject: Subject) throws {
    let bytes = pattern(20_000)
    let file = try FileSystemFixture(subject).make("a", bytes)
    try file.syncData()
    let before = try file.facts().allocated
    let failure = errorNumber { try file.punchHole(at: 100, count: 15_000) }
    // Some real file systems have none.
    if failure == EOPNOTSUPP && subject == .posix { return }
    #expect(failure == nil)
    let expected = Array(bytes[..<100]) + [UInt8](repeating: 0, count: 15_000) + Array(bytes[15_100...])
    #expect(try file.readBytes(at: 0, count: 20_000) == expected)
    #expect(try file.facts().allocated < before)
    try file.punchHole(at: 19_000, count: 1 << 40)
    #expect(try file.facts().size == 20_000)
    try file.punchHole(at: 0, count: 0)
    #expect(try file.readBytes(at: 0, count: 1) == [bytes[0]])
  }

  @Test("a hole takes no space, written zeros do", arguments: Subject.allCases)
  func allocation(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let hole = try fixture.make("hole")
    try hole.truncate(to: 1 << 20)
    let zeros = try fixture.make("zeros", [UInt8](repeating: 0, count: 1 << 20))
    try zeros.syncData()
    #expect(try hole.facts().allocated < 1 << 16)
    #expect(try zeros.facts().allocated >= 1 << 20)
  }

  @Test("a closed file throws EBADF and can be closed again", arguments: Subject.allCases)
  func closing(_ subject: Subject) throws {
    let file = try FileSystemFixture(subject).make("a", [1])
    file.close()
    file.close()
    #expect(errorNumber { _ = try file.readBytes(at: 0, count: 1) } == EBADF)
    #expect(errorNumber { try file.writeBytes([1], at: 0) } == EBADF)
    #expect(errorNumber { try file.syncData() } == EBADF)
    #expect(errorNumber { _ = try file.facts() } == EBADF)
    #expect(errorNumber { try file.truncate(to: 0) } == EBADF)
  }

  @Test("a file opened for reading refuses to be written", arguments: Subject.allCases)
  func readOnly(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    try fixture.make("a", [1])
    let file = try fixture.files.open(fixture.path("a"), .read)
    #expect(errorNumber { try file.writeBytes([2], at: 0) } == EBADF)
    #expect(errorNumber { try fixture.files.open(fixture.path("a"), .write).writeBytes([2], at: 0) } == nil)
    #expect(try file.readBytes(at: 0, count: 2) == [2])
  }

  @Test("offsets beyond any file are refused, not wrapped", arguments: Subject.allCases)
  func hugeOffsets(_ subject: Subject) throws {
    let file = try FileSystemFixture(subject).make("a", [1])
    #expect(errorNumber { try file.writeBytes([1, 2], at: .max) } == EFBIG)
    #expect(errorNumber { try file.writeBytes([1, 2], at: UInt64(Int64.max)) } != nil)
    #expect(errorNumber { try file.truncate(to: .max) } == EFBIG)
    #expect(errorNumber { try file.punchHole(at: .max, count: 2) } == EFBIG)
    #expect(try file.facts().size == 1)
  }

  @Test("a file without a name stays readable while it is open", arguments: Subject.allCases)
  func unlinkedFile(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let file = try fixture.make("a", [1, 2])
    try fixture.files.unlink(fixture.path("a"))
    #expect(try file.readBytes(at: 0, count: 2) == [1, 2])
    #expect(try file.facts().links == 0)
  }
}
