@testable import SegmentEngine

/// Sessions of a made-up site: pages of a few templates that all visitors see, with private text between.
struct SitePages {
  private var generator: SeededGenerator
  let templates: [String]

  init(seed: Int, templates count: Int = 6, bytes: Int = 4_000) {
    // Neighbouring seeds give the same numbers a step apart.
    var generator = SeededGenerator(seed: seed &* 1_000_003)
    templates = (0..<count).map { _ in generator.letters(Int.random(in: bytes / 2...bytes, using: &generator)) }
    self.generator = generator
  }

  mutating func letters(_ count: Int) -> String { generator.letters(count) }

  /// The events of a session: page views, each of some templates and of text that nobody else has; `extra` is on each.
  mutating func session(views: Int = 3, extra: [String] = []) -> [String] {
    var events: [String] = []
    for view in 0..<views {
      let time = Sample.base + Double(view) * 20_000
      var text = ""
      for template in templates where !generator.once(in: 4) { text += template + " " + generator.letters(40) + " " }
      for word in extra { text += "|" + word + "|" }
      events += [Sample.meta(time, href: "https://shop.example/\(view)"), Sample.snapshot(time + 5, text: text)]
      events += (1...5).map { Sample.mutation(time + Double($0) * 500, text: generator.letters(30)) }
    }
    return events
  }
}

extension ReplayStore {
  /// Appends a session of a visitor; nil: unknown.
  func add(_ events: [String], to key: SessionKey, visitor: String?) async throws {
    try await append(Sample.batch(events), to: key, visitor: visitor, durability: .buffered, origin: .imported)
  }
}

extension Configuration {
  /// Larger blocks, so that pages are whole.
  static func training() -> Configuration {
    var configuration = Configuration.compacting(block: 64 << 10, archiveBlock: 1 << 20)
    configuration.trainsDictionaries = true
    return configuration
  }
}
