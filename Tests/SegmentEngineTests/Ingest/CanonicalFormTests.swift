import SegmentEngine
import Testing

@Suite("What is stored is the events byte for byte, one a line")
struct CanonicalFormTests {
  private static let events = [
    Sample.meta(Sample.base), Sample.snapshot(Sample.base + 0.5), Sample.custom(Sample.base + 1),
  ]
  private static let plain = events.joined(separator: "\n") + "\n"

  private static let forms: [(name: String, body: String)] = [
    ("NDJSON", plain),
    ("NDJSON without the last line feed", String(plain.dropLast())),
    ("NDJSON with carriage returns", plain.replacing("\n", with: "\r\n")),
    ("NDJSON with empty lines and spaces", "\n  \n" + plain.replacing("\n", with: " \n\n\t")),
    ("events on one line", events.joined(separator: " ")),
    ("a JSON array", "[" + events.joined(separator: ",") + "]"),
    ("a JSON array over lines", "\n[\n  " + events.joined(separator: ",\n  ") + "\n]\n"),
    ("a byte order mark", "\u{FEFF}" + plain),
  ]

  @Test("Every form of a batch is stored the same", arguments: forms.indices)
  func storedAlike(_ index: Int) async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: Self.forms[index].name)
    let receipt = try await store.append(Array(Self.forms[index].body.utf8), to: key, origin: .imported)
    #expect(receipt.events == 3)
    #expect(try await store.export(key) == Self.plain)
    try await store.flush()
    #expect(try await store.export(key) == Self.plain)
    try await store.close()
  }

  @Test("Line breaks between an event's tokens become spaces, everything else stays")
  func prettyPrinted() async throws {
    let pretty =
      "{\n  \"type\": 5,\r\n  \"data\": {\"tag\": \"a\\n b\", \"x\": [1,\n 2]},\n\t\"timestamp\": 1760000000000\n}"
    let expected = pretty.map { $0 == "\n" ? " " : $0 == "\r\n" ? "  " : String($0) }.joined() + "\n"
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: "s")
    try await store.append(Array(pretty.utf8), to: key, origin: .imported)
    #expect(try await store.export(key) == expected)
    try await store.flush()
    #expect(try await store.export(key) == expected)
    try await store.close()
  }

  @Test("Any collection of bytes is taken, not only an array")
  func collections() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let padded = [0x58] + Array(Self.plain.utf8) + [0x58]
    try await store.append(padded[1..<padded.count - 1], to: SessionKey(id: "slice"), origin: .imported)
    try await store.append(ContiguousArray(Self.plain.utf8), to: SessionKey(id: "contiguous"), origin: .imported)
    #expect(try await store.export(SessionKey(id: "slice")) == Self.plain)
    #expect(try await store.export(SessionKey(id: "contiguous")) == Self.plain)
    try await store.close()
  }
}
