internal import Foundation
import SegmentEngine
import Testing

@Suite("A path that cannot hold a store is refused and left as it is")
struct StorePathTests {
  @Test("A file")
  func file() async throws {
    let folder = try StoreFolder()
    try Data("hello".utf8).write(to: URL(fileURLWithPath: folder.path))
    for mode in [Mode.readWrite, .readOnly, .maintenance] {
      let error = await failure { _ = try await folder.open(mode) }
      #expect(error?.code == .notAStore)
      #expect(error?.message.contains("is a file") == true)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path)) == Data("hello".utf8))
  }

  @Test("A folder below a file")
  func belowAFile() async throws {
    let folder = try StoreFolder()
    try Data().write(to: URL(fileURLWithPath: folder.path))
    for mode in [Mode.readWrite, .readOnly] {
      #expect(await failure { _ = try await ReplayStore.open(folder.path + "/x", mode: mode) }?.code == .notAStore)
    }
  }

  @Test("A folder whose parent does not exist")
  func noParent() async throws {
    let folder = try StoreFolder()
    for mode in [Mode.readWrite, .readOnly, .maintenance] {
      let error = await failure { _ = try await ReplayStore.open(folder.path + "/a/b", mode: mode) }
      #expect(error?.code == .notFound)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test("Nothing there, for one who does not write")
  func nothing() async throws {
    let folder = try StoreFolder()
    for mode in [Mode.readOnly, .maintenance] {
      let error = await failure { _ = try await folder.open(mode) }
      #expect(error?.code == .notFound && error?.message.contains(folder.path) == true)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path))
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
    #expect(await failure { _ = try await folder.open(.readOnly) }?.code == .notFound)
    #expect(try folder.files().isEmpty)
  }

  @Test("A folder that may not be written (asks for another user than root, whom nothing is forbidden)")
  func notWritable() async throws {
    let folder = try StoreFolder()
    if geteuid() == 0 {
      // Root is refused only where the file system itself takes no names.
      let error = await failure { _ = try await ReplayStore.open("/proc/segment-store") }
      #expect([.accessDenied, .notFound, .ioFailed].contains(error?.code))
      return
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.parent)
    let error = await failure { _ = try await folder.open() }
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.parent)
    #expect(error?.code == .accessDenied)
  }

  @Test("A folder with a file named catalog that is none")
  func foreignCatalog() async throws {
    let folder = try StoreFolder()
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
    try folder.write(Array("name,price\n".utf8), to: "catalog")
    for mode in [Mode.readOnly, .maintenance, .readWrite] {
      let error = await failure { _ = try await folder.open(mode) }
      #expect(error?.code == .notAStore)
    }
    #expect(try folder.read("catalog") == Array("name,price\n".utf8))
  }

  @Test("Slashes at its end change nothing, and a store survives being moved")
  func spelling() async throws {
    let folder = try StoreFolder()
    let key = SessionKey(id: "s")
    let store = try await ReplayStore.open(folder.path + "//", configuration: .small())
    try await store.add([Sample.click(Sample.base)], to: key)
    try await store.flush()
    try await store.add([Sample.input(Sample.base)], to: key)
    try await store.close()
    let moved = folder.parent + "/moved"
    try FileManager.default.moveItem(atPath: folder.path, toPath: moved)
    let again = try await ReplayStore.open(moved, configuration: .small())
    #expect(try await again.export(key) == Sample.click(Sample.base) + "\n" + Sample.input(Sample.base) + "\n")
    try await again.close()
  }
}
