import SegmentEngine
import SegmentTestSupport
import Testing

@Suite("Zeros are written ahead of the journal's end where that spares something")
struct WriteAheadTests {
  private let key = SessionKey(id: "s")

  /// An event that LZ4 cannot make smaller.
  private func event(_ length: Int, _ random: inout SplitMix64) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_".utf8)
    let text = random.bytes(length).map { letters[Int($0) % letters.count] }
    return #"{"type":5,"timestamp":\#(Int(Sample.base)),"data":{"tag":"\#(String(decoding: text, as: UTF8.self))"}}"#
  }

  /// Length of the one journal, and how many zeros it ends with.
  private func journal(_ folder: StoreFolder) throws -> (bytes: Int, zeros: Int) {
    let names = try folder.files(in: "journals")
    #expect(names.count == 1)
    let bytes = try folder.read(try #require(names.first))
    return (bytes.count, bytes.reversed().prefix { $0 == 0 }.count)
  }

  @Test("Behind short groups there is room for more of them, behind long ones none, and all are read back")
  func groups() async throws {
    let folder = try StoreFolder()
    var configuration = Configuration.small(maintainsItself: false)
    configuration.journalBytesAhead = 1 << 20
    var store = try await folder.open(.readWrite, configuration)
    var random = SplitMix64(seed: 5)
    var expected = ""
    // The third fits into what was written ahead for the first two.
    for (length, isPrepared) in [(2_000, true), (50_000, true), (3_000, true), (400_000, false), (150_000, false)] {
      let event = event(length, &random)
      try await store.add([event], to: key)
      expected += event + "\n"
      #expect(try (journal(folder).zeros > 8_192) == isPrepared, "\(length)")
    }
    let long = try journal(folder)
    let event = event(1_000, &random)
    try await store.add([event], to: key)
    expected += event + "\n"
    let short = try journal(folder)
    #expect(short.zeros > 65_536 - 4_096 && short.bytes > long.bytes + 65_536)
    #expect(try await store.export(key) == expected)
    try await store.close()
    store = try await folder.open(.readWrite, configuration)
    #expect(try await store.export(key) == expected)
    try await store.close()
  }
}
