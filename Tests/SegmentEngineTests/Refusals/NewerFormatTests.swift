import SegmentCodecs
import SegmentEngine
import Testing

@Suite("What a newer version wrote is refused by name and left alone")
struct NewerFormatTests {
  private let key = SessionKey(id: "s")

  /// Sets the version at byte 8 of each page and makes the checksum at byte 4 fit again.
  private func patch(_ bytes: [UInt8], page: Int) -> [UInt8] {
    var bytes = bytes
    for start in stride(from: 0, to: bytes.count, by: page) {
      bytes[start + 8] = 2
      let checksum = CRC32C.checksum(bytes, in: start + 8..<start + page)
      for byte in 0..<4 { bytes[start + 4 + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * byte)) }
    }
    return bytes
  }

  @Test("A catalog, whoever opens it", arguments: [Mode.readOnly, .maintenance, .readWrite])
  func catalog(_ mode: Mode) async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: key)
    try await store.flush()
    try await store.add([Sample.click(Sample.base)], to: key)
    try await store.close()
    try folder.write(patch(try folder.read("catalog"), page: 4_096), to: "catalog")
    var before = try folder.content()
    let error = await failure { _ = try await folder.open(mode) }
    #expect(error?.code == .newerFormat)
    #expect(error?.location?.file == "catalog")
    #expect(error?.message.contains("version 2") == true)
    var after = try folder.content()
    // Who takes the lock says so in it.
    if mode == .readWrite {
      before["writer.lock"] = nil
      after["writer.lock"] = nil
    }
    #expect(after == before)
  }

  @Test("Only the last commit of a catalog")
  func lastCommit() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: key)
    try await store.close()
    var bytes = try folder.read("catalog")
    bytes.replaceSubrange(bytes.count - 8_192..<bytes.count, with: patch(Array(bytes.suffix(8_192)), page: 4_096))
    try folder.write(bytes, to: "catalog")
    for mode in [Mode.readOnly, .readWrite] {
      #expect(await failure { _ = try await folder.open(mode) }?.code == .newerFormat)
    }
    #expect(try folder.read("catalog") == bytes)
  }

  @Test("A journal")
  func journal() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: key)
    try await store.close()
    let name = try #require(try folder.files(in: "journals").first)
    let bytes = try folder.read(name)
    let patched = patch(Array(bytes.prefix(4_096)), page: 4_096) + bytes.dropFirst(4_096)
    try folder.write(patched, to: name)
    for mode in [Mode.readOnly, .readWrite] {
      let error = await failure {
        let store = try await folder.open(mode)
        do { _ = try await store.events(in: key).all() } catch {
          try await store.close()
          throw error
        }
        try await store.close()
      }
      #expect(error?.code == .newerFormat)
      #expect(error?.location?.file == name)
    }
    #expect(try folder.read(name) == patched)
  }

  @Test("A pack")
  func pack() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: key)
    try await store.flush()
    try await store.close()
    let name = try #require(try folder.files(in: "packs").first)
    let bytes = try folder.read(name)
    try folder.write(patch(Array(bytes.prefix(128)), page: 128) + bytes.dropFirst(128), to: name)
    let error = await failure {
      let store = try await folder.open(.readOnly)
      do { _ = try await store.events(in: key).all() } catch {
        try await store.close()
        throw error
      }
      try await store.close()
    }
    #expect(error?.code == .newerFormat)
    #expect(error?.location?.file == name)
  }
}
