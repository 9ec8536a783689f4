import SegmentCodecs
import Testing

@Suite("Dictionary training keeps what sessions share, whole and in order")
struct TrainingSelectionTests {
  /// The same number of visitors, one session each, whose texts `make` gives.
  private static func sessions(_ count: Int, _ make: (Int) -> String) -> TrainingSessions {
    var result = TrainingSessions()
    for visitor in 0..<count {
      result.sessions.append(.init(visitor: TrainingSessions.visitor(visitor), text: Array(make(visitor).utf8)))
    }
    return result
  }

  private static func holds(_ content: [UInt8], _ text: String) -> Bool { place(of: text[...], in: content) != nil }

  @Test("A page that sessions share is one run, taken once")
  func wholePage() {
    var random = SplitMix(seed: 1)
    let page = random.word(40_000)
    let content = Self.sessions(5) { "{\"id\":\($0)}\n\(page)\n{\"end\":\($0)}\n" }.train(TrainingOptions())
    #expect(content.runs.count == 1)
    #expect(Self.holds(content.bytes, page))
    #expect(content.bytes.count < page.utf8.count + 100)
  }

  @Test("Text without any words or borders is kept nearly whole", arguments: ["A", "Zm9v", " ", "é"])
  func monotonous(unit: String) {
    let long = String(repeating: unit, count: 50_000 / unit.utf8.count)
    var random = SplitMix(seed: 2)
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
    let blob = String(decoding: (0..<50_000).map { _ in letters[random.below(letters.count)] }, as: UTF8.self)
    let sessions = Self.sessions(4) { "[\($0 * 1111)]\n{\"\(blob)\"}\n{\"\(long)\"}\n" }
    let content = sessions.train(TrainingOptions())
    // Repeats of the unit are taken as often as they differ in what is around them.
    #expect(content.bytes.count > 49_900)
    #expect(content.bytes.count < 60_000)
    #expect(Self.holds(content.bytes, String(blob.dropFirst(100).dropLast(100))))
  }

  @Test("The most widespread text comes last, and is what is left when content is cut")
  func order() {
    var random = SplitMix(seed: 3)
    let common = random.word(3000)
    let some = random.word(3000)
    let candidates = Self.sessions(10) { "\(common)\n[\($0)]\n\(random.word(20))\n\($0 < 4 ? some : "")\n" }
      .train(TrainingOptions())
    #expect(Self.holds(candidates.bytes, some) && Self.holds(candidates.bytes, common))
    #expect(candidates.runs.map(\.spread) == candidates.runs.map(\.spread).sorted())
    let cut = candidates.content(limit: 4000)
    #expect(cut.count <= 4000 && candidates.bytes.suffix(cut.count) == cut[...])
    #expect(Self.holds(cut, common) && !Self.holds(cut, some))
    #expect(candidates.content(limit: 10).isEmpty)
  }

  private static func place(of text: String.SubSequence, in content: [UInt8]) -> Int? {
    let wanted = Array(text.utf8)
    guard content.count >= wanted.count else { return nil }
    return (0...content.count - wanted.count).first { content[$0..<$0 + wanted.count].elementsEqual(wanted) }
  }

  @Test("Texts around a private value stay as far apart as they were, with zero bytes between")
  func gaps() throws {
    var random = SplitMix(seed: 4)
    let before = random.word(200) + ":"
    let after = "," + random.word(200)
    let sessions = Self.sessions(6) { "{\(before)\(10_000 + $0 * 7919)\(after)}\n" }
    let content = sessions.train(TrainingOptions()).bytes
    let first = try #require(Self.place(of: before.prefix(100), in: content))
    let second = try #require(Self.place(of: after.suffix(100), in: content))
    #expect(second - first == 201 + 5 + 101)
    #expect(content[first..<second].count(where: { $0 == 0 }) >= 5)
    var options = TrainingOptions()
    options.chainedGap = 0
    let close = sessions.train(options).bytes
    #expect(close.count < content.count && Self.place(of: after.suffix(100), in: close) != nil)
  }

  @Test("Small tables forget what was seen once, stay small, and still find what is everywhere")
  func boundedMemory() {
    var random = SplitMix(seed: 5)
    let page = random.word(20_000)
    let sessions = Self.sessions(12) { _ in "\(random.word(60_000))\n\(page)\n" }
    var options = TrainingOptions()
    options.memoryLimit = 2 << 20
    options.contentLimit = 1 << 20
    let candidates = sessions.train(options)
    #expect(candidates.report.forgottenPassages > 0)
    #expect(candidates.report.peakMemory < 10 << 20)
    #expect(Self.holds(candidates.bytes, String(page.dropFirst(50).dropLast(50))))
    #expect(candidates.bytes.count < 21_000)
  }

  @Test("The same sessions and key give the same content; so do parts cut otherwise at lines, nearly")
  func repeatable() {
    let (sessions, _) = TrainingPrivacyTests.random(77)
    let first = sessions.train(TrainingOptions()).bytes
    #expect(first == sessions.train(TrainingOptions()).bytes)
    let otherwise = sessions.train(TrainingOptions(), part: 1 << 20).bytes
    #expect(otherwise.count > first.count / 2)
  }

  @Test("Nothing comes of no sessions, of empty ones, and of ones shorter than a window")
  func nothing() {
    #expect(TrainingSessions().train(TrainingOptions()).bytes.isEmpty)
    #expect(Self.sessions(5) { _ in "" }.train(TrainingOptions()).bytes.isEmpty)
    #expect(Self.sessions(5) { _ in "{\"type\":3,\"data\":{}}\n" }.train(TrainingOptions()).bytes.isEmpty)
  }

  @Test("Content with entropy tables decodes what it encoded, and names its ID")
  func finalized() throws {
    let samples = (0..<30).map { Samples.events(40, seed: $0) }
    let content = Samples.events(200, seed: 99)
    let bytes = try ZstdDictionary.finalize(content, samples: samples, level: 3, id: 123_456)
    #expect(Array(bytes.suffix(content.count)) == content)
    let dictionary = try ZstdDictionary(bytes)
    #expect(dictionary.id == 123_456)
    var frame: [UInt8] = []
    let sample = samples[3]
    try unsafe ZstdCompressor(level: 3).compress(sample.span.bytes, dictionary: dictionary, appendingTo: &frame)
    let back = try unsafe ZstdDecompressor().decompress(
      frame.span.bytes, rawLength: sample.count, dictionary: dictionary)
    #expect(back == sample)
    let failure = reason { () throws(CodecError) in
      try ZstdDictionary.finalize(content, samples: [[]], level: 3, id: 1)
    }
    #expect(failure == .unsupported)
  }
}
