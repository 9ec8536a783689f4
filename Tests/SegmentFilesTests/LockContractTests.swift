import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

/// What locks must do, on a real file system and on the simulated one.
@Suite struct LockContractTests {
  @Test("a lock has one holder, in this process as in others", arguments: Subject.allCases)
  func exclusion(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let path = fixture.path("lock")
    #expect(try !fixture.files.isLocked(path))
    let lock = try #require(try fixture.files.lock(path, wait: false))
    #expect(try fixture.files.lock(path, wait: false) == nil)
    #expect(try fixture.neighbour.lock(path, wait: false) == nil)
    #expect(try fixture.files.isLocked(path))
    #expect(try fixture.neighbour.isLocked(path))
    lock.release()
    lock.release()
    #expect(try !fixture.neighbour.isLocked(path))
    let next = try #require(try fixture.neighbour.lock(path, wait: true))
    #expect(try fixture.files.isLocked(path))
    next.release()
  }

  @Test("looking whether a lock is held neither takes it nor makes its file", arguments: Subject.allCases)
  func looking(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    #expect(try !fixture.files.isLocked(fixture.path("lock")))
    #expect(try fixture.files.list(fixture.root) == [])
    #expect(try !fixture.files.isLocked(fixture.path("missing/lock")))
    try fixture.make("lock", [1])
    for _ in 0..<10 {
      #expect(try !fixture.files.isLocked(fixture.path("lock")))
      #expect(try fixture.neighbour.lock(fixture.path("lock"), wait: false) != nil)
    }
  }

  @Test("a lock goes with its object, its file stays with its content", arguments: Subject.allCases)
  func lockFile(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    var lock = try fixture.files.lock(fixture.path("lock"), wait: false)
    let inode = try lock?.file.facts().inode
    try lock?.file.writeBytes(Array("who".utf8), at: 0)
    #expect(try fixture.files.isLocked(fixture.path("lock")))
    lock = nil
    #expect(try !fixture.files.isLocked(fixture.path("lock")))
    #expect(try fixture.content("lock") == Array("who".utf8))
    lock = try fixture.neighbour.lock(fixture.path("lock"), wait: false)
    #expect(try lock?.file.facts().inode == inode)
    #expect(try lock?.file.readBytes(at: 0, count: 10) == Array("who".utf8))
  }

  @Test("opening and closing the lock's file elsewhere does not drop the lock", arguments: Subject.allCases)
  func otherOpens(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let lock = try #require(try fixture.files.lock(fixture.path("lock"), wait: false))
    try fixture.files.open(fixture.path("lock"), .write).close()
    #expect(try fixture.neighbour.isLocked(fixture.path("lock")))
    lock.release()
    #expect(errorNumber { _ = try lock.file.readBytes(at: 0, count: 1) } == EBADF)
  }

  @Test("who waits for a lock gets it when it is released", arguments: Subject.allCases)
  func waiting(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let path = fixture.path("lock")
    let turns = Monitor<[String]>([])
    let lock = try #require(try fixture.files.lock(path, wait: false))
    let neighbour = fixture.neighbour
    Thread.detachNewThread {
      turns.withLock { $0.append("waits") }
      turns.broadcast()
      let got = (try? neighbour.lock(path, wait: true)) != nil
      turns.withLock { $0.append(got ? "second" : "failed") }
      turns.broadcast()
    }
    turns.wait(while: { $0.isEmpty }, then: { $0.append("first") })
    lock.release()
    #expect(turns.wait(while: { $0.count < 3 }, then: { $0 }) == ["waits", "first", "second"])
  }
}
