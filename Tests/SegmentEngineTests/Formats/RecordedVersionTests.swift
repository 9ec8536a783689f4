import Testing

@testable import SegmentEngine

@Suite("A store records the version of its format, and is written in that one")
struct RecordedVersionTests {
  private let key = SessionKey(id: "s")

  /// What each page of a catalog says of its version.
  private func versions(_ catalog: [UInt8]) -> Set<UInt16> {
    Set(
      stride(from: 0, to: catalog.count, by: CatalogPage.size).map {
        UInt16(catalog[$0 + 8]) | UInt16(catalog[$0 + 9]) << 8
      })
  }

  @Test("A new store records the newest version, and keeps it through commits and new generations")
  func newStore() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: key)
    #expect(try await store.info().formatVersion == ReplayStore.newestFormatVersion)
    let generation = try await store.info().generation
    try await store.erase(.session(key))
    #expect(try await store.info().generation > generation)
    try await store.add([Sample.click(Sample.base)], to: SessionKey(id: "t"))
    try await store.close()
    #expect(try versions(folder.read("catalog")) == [FormatVersion.newest])
    let reader = try await folder.open(.readOnly)
    #expect(try await reader.info().formatVersion == ReplayStore.newestFormatVersion)
    try await reader.close()
  }

  @Test("A generation of the catalog is written in the version that its state records")
  func generation() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: key)
    var state = store.core.catalog.state
    try await store.close()
    state.formatVersion = FormatVersion.newest + 1
    try Catalog.writeCopy(state, .system(), Layout(root: folder.path))
    #expect(try versions(folder.read("catalog")) == [FormatVersion.newest + 1])
    // Which this engine does not know.
    #expect(await failure { _ = try await folder.open(.maintenance) }?.code == .newerFormat)
  }

  @Test("A frame says its version in every page, and a scan tells it")
  func frame() throws {
    var frame = CatalogFrame(
      store: CodecSamples.store, generation: 1, commit: 1, number: 0,
      content: [UInt8](repeating: 7, count: 2 * CatalogPage.capacity))
    #expect(CatalogScan(frame.encode(at: 0), base: 0, next: 0).frames.map(\.version) == [FormatVersion.newest])
    frame.version = FormatVersion.newest + 5
    let newer = CatalogScan(frame.encode(at: 0), base: 0, next: 0)
    #expect(newer.frames.isEmpty && newer.newerVersion == FormatVersion.newest + 5)
  }

  @Test("Version 0, which nobody ever wrote, is damage and not a newer version")
  func zero() async throws {
    let frame = CatalogFrame(store: CodecSamples.store, generation: 1, commit: 1, number: 0, content: [], version: 0)
    let scan = CatalogScan(frame.encode(at: 0), base: 0, next: 0)
    #expect(scan.frames.isEmpty && scan.newerVersion == nil)
    var reader = ByteReader([0, 0])
    #expect(throws: FormatError(.invalid("version"), at: 8)) { _ = try FormatVersion.read(&reader, at: 8) }
  }
}
