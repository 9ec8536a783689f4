import SegmentEngine
import Testing

@Suite("Names are bytes: any legal one works, an illegal one is refused, none becomes a path")
struct NameTests {
  private static let legal = [
    "a/b", "/", "/etc/passwd", "..", "../../x", ".", "a\\b", "~", "catalog", "journals", " ", "a b", "%00", "😀",
    "e\u{301}", "\u{E9}", "\u{FEFF}", "\u{202E}abc", "日本語", "A", "a", "K", "\u{212A}",
    String(repeating: "x", count: 256),
    String(repeating: "é", count: 128), "-", "*", "?", "\"", "null", "\u{85}",
  ]

  @Test("Sessions of all legal IDs are told apart, live and packed, and nothing lands outside of the store")
  func sessions() async throws {
    let folder = try StoreFolder()
    var store = try await folder.open()
    func event(_ place: Int) -> String { Sample.custom(Sample.base + Double(place), tag: "n\(place)") }
    for (place, name) in Self.legal.enumerated() {
      let receipt = try await store.add([event(place)], to: SessionKey(id: name))
      #expect(receipt.first.sequence == 0, "\(name)")
    }
    for round in 0..<3 {
      for (place, name) in Self.legal.enumerated() {
        #expect(try await store.export(SessionKey(id: name)) == event(place) + "\n", "\(name), round \(round)")
        let summary = try #require(try await store.summary(of: SessionKey(id: name)))
        #expect(summary.key.id.utf8.elementsEqual(name.utf8))
      }
      #expect(try await store.sessions().sessions.count == Self.legal.count)
      if round == 0 { try await store.flush() }
      if round == 1 {
        try await store.close()
        store = try await folder.open()
      }
    }
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
    for file in try folder.files() {
      let known = ["catalog", "catalog.lock", "writer.lock", "maintenance.lock", "erasure.lock", "durable", "reserve"]
      #expect(known.contains(file) || file.hasPrefix("packs/") || file.hasPrefix("journals/"))
    }
  }

  @Test("Two IDs that Unicode holds to be equivalent are two sessions, in every call")
  func equivalence() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let (one, two) = (SessionKey(id: "\u{E9}"), SessionKey(id: "e\u{301}"))
    #expect(one != two && one.id == two.id)
    #expect(Set([one, two]).count == 2)
    try await store.add([Sample.click(Sample.base)], to: one, batchID: "b")
    #expect(try await store.summary(of: two) == nil)
    #expect(try await !store.add([Sample.input(Sample.base)], to: two, batchID: "b").isDuplicate)
    try await store.setTags(["t": "one"], on: one)
    try await store.finish(two)
    for _ in 0..<2 {
      #expect(try await store.export(one) == Sample.click(Sample.base) + "\n")
      #expect(try await store.export(two) == Sample.input(Sample.base) + "\n")
      #expect(try await store.summary(of: one)?.tags == ["t": "one"])
      #expect(try await store.summary(of: two)?.tags == [:])
      #expect(try await store.summary(of: one)?.finished == nil)
      #expect(try await store.summary(of: two)?.finished != nil)
      try await store.flush()
    }
    try await store.close()
  }

  @Test("Windows and batch IDs that Unicode holds to be equivalent are two as well")
  func windowsAndBatches() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: "s")
    let names = ["\u{E9}", "e\u{301}"]
    for (place, name) in names.enumerated() {
      let receipt = try await store.add(
        [Sample.click(Sample.base + Double(place))], to: key, window: name, batchID: name)
      #expect(!receipt.isDuplicate)
    }
    for _ in 0..<2 {
      #expect(try await store.summary(of: key)?.windows.count == 2)
      for (place, name) in names.enumerated() {
        #expect(try await store.export(key, window: name) == Sample.click(Sample.base + Double(place)) + "\n")
      }
      try await store.flush()
    }
    for (place, name) in names.enumerated() {
      let again = try await store.add([Sample.click(Sample.base + Double(place))], to: key, window: name, batchID: name)
      #expect(again.isDuplicate)
    }
    try await store.close()
  }

  @Test("The same ID in two projects is two sessions, and a slash cannot make them one")
  func projects() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let keys = [
      SessionKey(project: "a", id: "b/c"), SessionKey(project: "a/b", id: "c"), SessionKey(project: "b/c", id: "a"),
    ]
    for (place, key) in keys.enumerated() { try await store.add([Sample.click(Sample.base + Double(place))], to: key) }
    try await store.flush()
    for (place, key) in keys.enumerated() {
      #expect(try await store.export(key) == Sample.click(Sample.base + Double(place)) + "\n")
    }
    try await store.close()
  }

  @Test("Empty, too long, or with a control character: refused with the name of what is wrong")
  func refused() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let good = SessionKey(id: "s")
    try await store.add([Sample.click(Sample.base)], to: good)
    func long(_ count: Int) -> String { String(repeating: "x", count: count) }
    func add(
      _ key: SessionKey, window: String = "", batchID: String? = nil, visitor: String? = nil
    ) async -> StoreError? {
      await failure {
        try await store.append(
          Sample.batch(Sample.click(Sample.base)), to: key, window: window, batchID: batchID, visitor: visitor)
      }
    }
    let refusals: [(String, StoreError?)] = [
      ("session ID", await add(SessionKey(id: ""))), ("session ID", await add(SessionKey(id: long(257)))),
      ("session ID", await add(SessionKey(id: String(repeating: "é", count: 128) + "x"))),
      ("session ID", await add(SessionKey(id: "a\u{0}b"))), ("session ID", await add(SessionKey(id: "a\nb"))),
      ("session ID", await add(SessionKey(id: "\u{7F}"))),
      ("project", await add(SessionKey(project: "", id: "s"))),
      ("project", await add(SessionKey(project: long(129), id: "s"))),
      ("project", await add(SessionKey(project: "\u{0}", id: "s"))),
      ("window", await add(good, window: long(129))), ("window", await add(good, window: "\u{0}")),
      ("batch ID", await add(good, batchID: long(129))), ("batch ID", await add(good, batchID: "\t")),
      ("visitor ID", await add(good, visitor: long(257))), ("visitor ID", await add(good, visitor: "\u{0}")),
      ("tag key", await failure { try await store.setTags(["": "x"], on: good) }),
      ("tag key", await failure { try await store.setTags([long(65): "x"], on: good) }),
      ("tag", await failure { try await store.setTags(["k": long(1_025)], on: good) }),
      ("tag", await failure { try await store.setTags(["k": "\u{0}"], on: good) }),
      (
        "tags",
        await failure {
          try await store.setTags(Dictionary(uniqueKeysWithValues: (0..<65).map { ("k\($0)", "v") }), on: good)
        }
      ),
      ("session ID", await failure { try await store.finish(SessionKey(id: "")) }),
    ]
    for (place, (says, error)) in refusals.enumerated() {
      #expect(error?.code == .invalidArgument, "number \(place)")
      #expect(error?.message.contains(says) == true, "number \(place): \(error?.message ?? "")")
    }
    #expect(try await store.sessions().sessions.map(\.key) == [good])
    #expect(try await store.summary(of: good)?.events == 1)
    #expect(try await store.summary(of: good)?.tags == [:])
    let full = SessionKey(project: long(128), id: long(256))
    try await store.append(
      Sample.batch(Sample.click(Sample.base)), to: full, window: long(128), batchID: long(128), visitor: long(256))
    try await store.setTags([long(64): long(1_024)], on: full)
    try await store.flush()
    #expect(try await store.summary(of: full)?.tags == [long(64): long(1_024)])
    try await store.close()
  }

  @Test("A session holds 64 tags, however many calls set them")
  func tagLimit() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: "s")
    try await store.add([Sample.click(Sample.base)], to: key)
    try await store.setTags(Dictionary(uniqueKeysWithValues: (0..<64).map { ("k\($0)", "v") }), on: key)
    #expect(await failure { try await store.setTags(["more": "v"], on: key) }?.code == .invalidArgument)
    try await store.setTags(["k1": nil], on: key)
    try await store.setTags(["more": "v", "k2": "w"], on: key)
    #expect(try await store.summary(of: key)?.tags.count == 64)
    try await store.close()
  }
}
