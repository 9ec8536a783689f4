import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

/// What only a real file system can show.
@Suite struct POSIXFileSystemTests {
  @Test("files are for their owner alone")
  func modes() throws {
    let fixture = try FileSystemFixture(.posix)
    try fixture.make("a")
    try fixture.files.createDirectory(fixture.path("d"))
    _ = try fixture.files.lock(fixture.path("lock"), wait: false)
    func mode(_ name: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: fixture.path(name))[.posixPermissions] as? Int
    }
    #expect(try mode("a") == 0o600)
    #expect(try mode("lock") == 0o600)
    #expect(try mode("d") == 0o700)
    #expect(try mode("") == 0o700)
  }

  @Test("no symbolic link is followed in the last part of a path")
  func symbolicLinks() throws {
    let fixture = try FileSystemFixture(.posix)
    try fixture.make("a", [1])
    try fixture.files.createDirectory(fixture.path("d"))
    try FileManager.default.createSymbolicLink(atPath: fixture.path("file-link"), withDestinationPath: "a")
    try FileManager.default.createSymbolicLink(atPath: fixture.path("directory-link"), withDestinationPath: "d")
    #expect(errorNumber { _ = try fixture.files.open(fixture.path("file-link"), .read) } == ELOOP)
    #expect(errorNumber { _ = try fixture.files.open(fixture.path("file-link"), .create) } == EEXIST)
    #expect(errorNumber { _ = try fixture.files.lock(fixture.path("file-link"), wait: false) } == ELOOP)
    #expect(errorNumber { _ = try fixture.files.list(fixture.path("directory-link")) } == ENOTDIR)
    #expect(errorNumber { try fixture.files.createDirectory(fixture.path("directory-link")) } == EEXIST)
    #expect(try fixture.files.facts(at: fixture.path("file-link"))?.kind == .other)
  }

  @Test("a pipe in the way is refused at once")
  func pipes() throws {
    let fixture = try FileSystemFixture(.posix)
    #expect(unsafe mkfifo(fixture.path("pipe"), 0o600) == 0)
    #expect(errorNumber { _ = try fixture.files.open(fixture.path("pipe"), .read) } == ENXIO)
  }

  @Test("no descriptor is left behind, and none is inherited")
  func descriptors() throws {
    let fixture = try FileSystemFixture(.posix)
    let path = fixture.path("a")
    try fixture.make("a", [1])
    func openHere() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        return target?.hasPrefix(fixture.root) == true ? $0 : nil
      }
    }
    for _ in 0..<20 {
      _ = try fixture.files.open(path, .read).readBytes(at: 0, count: 1)
      _ = try fixture.files.list(fixture.root)
      try fixture.files.syncDirectory(fixture.root)
      _ = try fixture.files.isLocked(path)
      _ = errorNumber { _ = try fixture.files.open(fixture.root, .read) }
      _ = errorNumber { _ = try fixture.files.list(path) }
    }
    #expect(try openHere() == [])
    let file = try fixture.files.open(path, .read)
    let descriptor = try #require(try openHere().first.flatMap { Int32($0) })
    #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
    file.close()
    #expect(try openHere() == [])
  }

  @Test("closing while others read gives each the right bytes or EBADF")
  func closingUnderReaders() throws {
    let fixture = try FileSystemFixture(.posix)
    try fixture.make("right", [UInt8](repeating: 1, count: 4_096))
    try fixture.make("wrong", [UInt8](repeating: 2, count: 4_096))
    let rounds = 300
    let outcomes = Monitor<[Bool]>([])
    for _ in 0..<rounds {
      let file = try fixture.files.open(fixture.path("right"), .read)
      Thread.detachNewThread {
        var isRight = true
        while true {
          do {
            isRight = try file.readBytes(at: 0, count: 64).allSatisfy { $0 == 1 } && isRight
          } catch {
            isRight = (error as? FileError)?.errno == EBADF && isRight
            break
          }
        }
        outcomes.withLock { $0.append(isRight) }
        outcomes.broadcast()
      }
      file.close()
      // Takes the number that has just become free.
      _ = try fixture.files.open(fixture.path("wrong"), .read).readBytes(at: 0, count: 64)
    }
    let all = outcomes.wait(while: { $0.count < rounds }, then: { $0 })
    #expect(all.allSatisfy { $0 })
  }

  @Test("a lock dies with its process, even a killed one")
  func lockOfKilledProcess() async throws {
    let fixture = try FileSystemFixture(.posix)
    let lockPath = fixture.path("lock")
    // A program of its own rather than an exit test: their watcher and Foundation's Process, which other tests of this
    // binary use, wait for children in ways that can hang each other.
    let child = Process()
    child.executableURL = try BuiltPrograms.url("segment-test-child")
    child.arguments = ["lock", lockPath]
    try child.run()
    // Bounded, so that a child that cannot start fails the test instead of hanging it.
    var isHeld = false
    for _ in 0..<10_000 where !isHeld {
      try await Task.sleep(for: .milliseconds(1))
      // With its mark: killed between the two it would leave none.
      isHeld = try fixture.files.isLocked(lockPath) && fixture.content("lock") == [7]
    }
    #expect(isHeld)
    #expect(try fixture.files.lock(lockPath, wait: false) == nil)
    kill(child.processIdentifier, SIGKILL)
    child.waitUntilExit()
    #expect(try !fixture.files.isLocked(lockPath))
    #expect(try fixture.files.lock(lockPath, wait: false) != nil)
    #expect(try fixture.content("lock") == [7])
  }
}
