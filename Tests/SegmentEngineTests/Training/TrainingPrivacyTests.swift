import Testing

@testable import SegmentEngine

@Suite("No dictionary of a store holds what too few visitors have")
struct TrainingPrivacyTests {
  /// Which of the texts have a piece of 32 bytes in common with a dictionary of the store.
  private func leaks(_ store: ReplayStore, _ texts: [String: String]) async throws -> Set<String> {
    var windows: Set<ArraySlice<UInt8>> = []
    for info in try await store.dictionaries() {
      let content = try await store.dictionary(info.id)
      for start in 0...max(0, content.count - 32) { windows.insert(content[start..<min(start + 32, content.count)]) }
    }
    #expect(windows.count > 1_000)
    return Set(
      texts.filter { _, text in
        let bytes = Array(text.utf8)
        return (0...bytes.count - 32).contains { windows.contains(bytes[$0..<$0 + 32]) }
      }.keys)
  }

  private func key(_ id: String) -> SessionKey { SessionKey(project: "shop", id: id) }

  private var options: DictionaryTraining {
    var options = DictionaryTraining()
    options.isForced = true
    return options
  }

  @Test(
    "Secrets of sessions, of one visitor in a hundred sessions, of unknown visitors below ten", arguments: [0.0, 0.2])
  func secrets(_ heldOut: Double) async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, .training())
    var pages = SitePages(seed: 21, templates: 3, bytes: 1_500)
    var excluded: [String: String] = [:]
    let shared = pages.letters(200)
    let (oneVisitor, nine, ten) = (pages.letters(200), pages.letters(200), pages.letters(200))
    let two = pages.letters(200)
    func secret(_ name: String) -> String {
      let text = pages.letters(120)
      excluded[name] = text
      return text
    }
    for index in 0..<20 {
      var extra = [secret("known \(index)")]
      if index < 3 { extra.append(shared) }
      if index < 2 { extra.append(two) }
      try await store.add(pages.session(views: 2, extra: extra), to: key("k\(index)"), visitor: "v\(index)")
    }
    for index in 0..<20 {
      let extra = [secret("unknown \(index)")] + (index < 9 ? [nine] : []) + (index >= 9 && index < 19 ? [ten] : [])
      try await store.add(pages.session(views: 2, extra: extra), to: key("u\(index)"), visitor: nil)
    }
    try await store.flush()
    var settings = options
    settings.heldOutShare = heldOut
    // Three of twenty known visitors, by themselves: 15 %.
    settings.visitorsOnly = true
    #expect(try await store.trainDictionary(project: "shop", options: settings).outcome == .adopted)
    excluded.merge(["one visitor": oneVisitor, "nine": nine, "two": two]) { $1 }
    var texts = excluded
    texts["shared"] = shared
    #expect(try await leaks(store, texts) == (heldOut == 0 ? ["shared"] : try await leaks(store, ["shared": shared])))
    // A hundred sessions of one visitor, and the unknown ones too.
    for index in 0..<100 {
      let extra = [oneVisitor] + (index % 10 == 0 ? [secret("often \(index)")] : [])
      try await store.add(pages.session(views: 1, extra: extra), to: key("o\(index)"), visitor: "often")
    }
    try await store.flush()
    settings.visitorsOnly = false
    #expect(try await store.trainDictionary(project: "shop", options: settings).outcome == .adopted)
    let found = try await leaks(store, excluded)
    #expect(found.isEmpty)
    if heldOut == 0 { #expect(try await leaks(store, ["ten": ten]) == ["ten"]) }
    #expect(try await leaks(store, ["template": pages.templates[0]]) == ["template"])
    try await store.close()
  }

  @Test("Three of three hundred visitors are too few, fifteen are enough")
  func share() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, .training())
    var pages = SitePages(seed: 22, templates: 2, bytes: 800)
    let (three, fourteen, fifteen) = (pages.letters(100), pages.letters(100), pages.letters(100))
    for index in 0..<300 {
      let extra =
        (index % 100 == 7 ? [three] : []) + (index % 20 == 3 && index > 20 ? [fourteen] : [])
        + (index % 20 == 5 ? [fifteen] : [])
      try await store.add(pages.session(views: 1, extra: extra), to: key("\(index)"), visitor: "v\(index)")
    }
    try await store.flush()
    var settings = options
    settings.heldOutShare = 0
    #expect(try await store.trainDictionary(project: "shop", options: settings).outcome == .adopted)
    #expect(try await leaks(store, ["three": three, "fourteen": fourteen, "fifteen": fifteen]) == ["fifteen"])
    try await store.close()
  }
}
