import SegmentFiles

@testable import SegmentEngine

extension Policy {
  /// Rules for tests: sessions with errors always and for long, long ones by half, the rest by a rate.
  static func testing(rest: Double = 0.1, days: Int = 10, budget: UInt64? = nil) -> Policy {
    Policy(
      rules: [
        Rule(name: "errors", when: Conditions(errors: Bounds(atLeast: 1)), keep: 1, retention: .days(3 * days)),
        Rule(name: "long", when: Conditions(events: Bounds(atLeast: 20)), keep: 0.5, retention: .days(2 * days)),
      ], otherwise: Rule(name: "default", keep: rest, retention: .days(days)), budgetBytes: budget, freeBytes: 0,
      salt: "salt")
  }
}

extension ReplayStore {
  /// Appends a small session, finished; its text makes it recognisable.
  func addSession(
    _ key: SessionKey, text: String = "x", events: Int = 3, errors: Int = 0, visitor: String? = nil,
    tags: [String: String?] = [:], isFinished: Bool = true
  ) async throws {
    var lines = [
      Sample.meta(Sample.base, href: "https://shop.example/\(text)"), Sample.snapshot(Sample.base + 1, text: text),
    ]
    for index in 0..<max(0, events - 2) {
      lines.append(Sample.mutation(Sample.base + 10 + Double(index), text: "\(text)-\(index)"))
    }
    for index in 0..<errors { lines.append(Sample.error(Sample.base + 5_000 + Double(index))) }
    try await append(Sample.batch(lines), to: key, batchID: "b-\(text)", visitor: visitor, origin: .imported)
    if !tags.isEmpty { try await setTags(tags, on: key) }
    if isFinished { try await finish(key) }
  }

  /// The bytes of all files of a store that hold a text, or a block of which decodes to it: their names. Blocks are found by
  /// their headers, whatever the directories say.
  func traces(of text: String, in folder: StoreFolder) throws -> [String] {
    var found: [String] = []
    let dictionaries = core.catalog.state.dictionaries.compactMap { try? core.dictionaries.dictionary($0) }
    for name in try folder.files() {
      let bytes = try folder.read(name)
      if Traces.contains(bytes, text) { found.append("\(name) (raw)") }
      if Traces.decoded(bytes, dictionaries).contains(where: { Traces.contains($0, text) }) {
        found.append("\(name) (decoded)")
      }
    }
    return found
  }
}
