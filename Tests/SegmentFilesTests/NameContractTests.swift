import Foundation
import SegmentFiles
import Testing

/// What names must do, on a real file system and on the simulated one.
@Suite struct NameContractTests {
  @Test("create refuses a name that is taken and leaves its file alone", arguments: Subject.allCases)
  func createTaken(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    try fixture.make("a", [1, 2])
    #expect(errorNumber { _ = try fixture.files.open(fixture.path("a"), .create) } == EEXIST)
    #expect(try fixture.content("a") == [1, 2])
  }

  @Test("what is missing is ENOENT, and facts of it are nil", arguments: Subject.allCases)
  func missing(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let (files, path) = (fixture.files, fixture.path("a"))
    #expect(errorNumber { _ = try files.open(path, .read) } == ENOENT)
    #expect(errorNumber { _ = try files.open(path, .write) } == ENOENT)
    #expect(errorNumber { _ = try files.open(path + "/b", .create) } == ENOENT)
    #expect(errorNumber { try files.unlink(path) } == ENOENT)
    #expect(errorNumber { try files.rename(path, to: path + "2") } == ENOENT)
    #expect(errorNumber { try files.link(path, as: path + "2") } == ENOENT)
    #expect(errorNumber { _ = try files.list(path) } == ENOENT)
    #expect(errorNumber { try files.syncDirectory(path) } == ENOENT)
    #expect(errorNumber { try files.createDirectory(path + "/b") } == ENOENT)
    #expect(try files.facts(at: path) == nil)
    #expect(try files.facts(at: path + "/b") == nil)
  }

  @Test("errors name operation and path", arguments: Subject.allCases)
  func errorContent(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let path = fixture.path("a")
    #expect(throws: FileError(.open, path: path, errno: ENOENT)) { try fixture.files.open(path, .read) }
    #expect(throws: FileError(.unlink, path: path, errno: ENOENT)) { try fixture.files.unlink(path) }
    try fixture.make("a")
    #expect(throws: FileError(.create, path: path, errno: EEXIST)) { try fixture.files.open(path, .create) }
  }

  @Test("link gives a second name and never replaces", arguments: Subject.allCases)
  func linking(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let file = try fixture.make("a", [1])
    try fixture.make("taken", [2])
    #expect(errorNumber { try fixture.files.link(fixture.path("a"), as: fixture.path("taken")) } == EEXIST)
    #expect(try fixture.content("taken") == [2])
    try fixture.files.link(fixture.path("a"), as: fixture.path("b"))
    #expect(try file.facts().links == 2)
    try fixture.files.unlink(fixture.path("a"))
    #expect(try fixture.content("b") == [1])
    #expect(try fixture.files.facts(at: fixture.path("b"))?.inode == file.facts().inode)
  }

  @Test("rename replaces what is there; who has the old file open keeps it", arguments: Subject.allCases)
  func renaming(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let old = try fixture.make("a", [1])
    try fixture.make("b", [2])
    try fixture.files.rename(fixture.path("b"), to: fixture.path("a"))
    #expect(try fixture.content("a") == [2])
    #expect(try fixture.files.list(fixture.root) == ["a"])
    #expect(try old.readBytes(at: 0, count: 1) == [1])
  }

  @Test("rename between two names of one file does nothing", arguments: Subject.allCases)
  func renameToSelf(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    try fixture.make("a", [1])
    try fixture.files.link(fixture.path("a"), as: fixture.path("b"))
    try fixture.files.rename(fixture.path("a"), to: fixture.path("b"))
    #expect(try fixture.files.list(fixture.root) == ["a", "b"])
  }

  @Test("lists are sorted by bytes and hold directories too", arguments: Subject.allCases)
  func listing(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    for name in ["b", "a", "B", ".hidden", "a-long-name-of-more-than-sixteen-bytes", "é"] { try fixture.make(name) }
    try fixture.files.createDirectory(fixture.path("d"))
    let expected = [".hidden", "B", "a", "a-long-name-of-more-than-sixteen-bytes", "b", "d", "é"]
    #expect(try fixture.files.list(fixture.root) == expected)
    #expect(try fixture.files.list(fixture.path("d")) == [])
  }

  @Test("a directory is made once, and a file is none", arguments: Subject.allCases)
  func directories(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    try fixture.files.createDirectory(fixture.path("d"))
    try fixture.files.createDirectory(fixture.path("d"))
    #expect(try fixture.files.facts(at: fixture.path("d"))?.kind == .directory)
    #expect(errorNumber { _ = try fixture.files.open(fixture.path("d"), .read) } == EISDIR)
    #expect(errorNumber { _ = try fixture.files.open(fixture.path("d"), .write) } == EISDIR)
    #expect(errorNumber { try fixture.files.unlink(fixture.path("d")) } == EISDIR)
    try fixture.make("f")
    #expect(errorNumber { try fixture.files.createDirectory(fixture.path("f")) } == EEXIST)
    #expect(errorNumber { _ = try fixture.files.list(fixture.path("f")) } == ENOTDIR)
    #expect(errorNumber { try fixture.files.syncDirectory(fixture.path("f")) } == ENOTDIR)
    #expect(errorNumber { _ = try fixture.files.open(fixture.path("f/x"), .create) } == ENOTDIR)
    #expect(errorNumber { try fixture.files.rename(fixture.path("f"), to: fixture.path("d")) } == EISDIR)
    #expect(errorNumber { try fixture.files.rename(fixture.path("d"), to: fixture.path("f")) } == ENOTDIR)
    #expect(errorNumber { try fixture.files.rename(fixture.path("d"), to: fixture.path("d/e")) } == EINVAL)
  }

  @Test("a directory moves with all that is in it", arguments: Subject.allCases)
  func movedDirectory(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    try fixture.files.createDirectory(fixture.path("d"))
    try fixture.make("d/a", [1])
    try fixture.files.rename(fixture.path("d"), to: fixture.path("e"))
    #expect(try fixture.content("e/a") == [1])
    #expect(try fixture.files.facts(at: fixture.path("d/a")) == nil)
    try fixture.files.createDirectory(fixture.path("d"))
    #expect(try fixture.files.list(fixture.path("d")) == [])
    #expect(errorNumber { try fixture.files.rename(fixture.path("d"), to: fixture.path("e")) } == ENOTEMPTY)
  }

  @Test("facts tell files apart and whose they are", arguments: Subject.allCases)
  func identity(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let first = try fixture.make("a", [1, 2, 3]).facts()
    let second = try fixture.make("b").facts()
    #expect(first.inode != second.inode)
    #expect(first == (try fixture.files.facts(at: fixture.path("a"))))
    #expect(first.kind == .file && first.size == 3 && first.links == 1 && first.owner == geteuid())
  }

  @Test("names of more than 255 bytes and paths with a zero are refused", arguments: Subject.allCases)
  func strangeNames(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let long = fixture.path(String(repeating: "x", count: 256))
    #expect(errorNumber { _ = try fixture.files.open(long, .create) } == ENAMETOOLONG)
    #expect(errorNumber { _ = try fixture.files.open(fixture.path("a\0b"), .create) } == EINVAL)
    try fixture.make("a")
    #expect(errorNumber { try fixture.files.rename(fixture.path("a"), to: fixture.path("b\0c")) } == EINVAL)
    #expect(try fixture.files.list(fixture.root) == ["a"])
  }

  @Test("a volume has space and is not remote", arguments: Subject.allCases)
  func volume(_ subject: Subject) throws {
    let fixture = try FileSystemFixture(subject)
    let facts = try fixture.files.volume(at: fixture.root)
    #expect(facts.freeBytes > 0 && facts.totalBytes >= facts.freeBytes)
    #expect(facts.networkKind == nil)
    #expect(errorNumber { _ = try fixture.files.volume(at: fixture.path("missing")) } == ENOENT)
  }
}
