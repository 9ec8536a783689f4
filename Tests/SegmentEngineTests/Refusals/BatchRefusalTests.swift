import SegmentEngine
import Testing

@Suite("A batch that is not what it should be is refused whole, each with its own error")
struct BatchRefusalTests {
  private struct Refusal: Sendable, CustomTestStringConvertible {
    var name: String
    var body: String
    var code: StoreError.Code
    /// What the message must speak of.
    var says: String
    /// Ordinal of the event at fault.
    var event: Int

    var testDescription: String { name }

    init(_ name: String, _ body: String, _ code: StoreError.Code, _ says: String, event: Int = 0) {
      self.name = name
      self.body = body
      self.code = code
      self.says = says
      self.event = event
    }
  }

  private static let good = Sample.click(Sample.base)

  private static func event(timestamp: String) -> String { #"{"type":3,"data":{},"timestamp":\#(timestamp)}"# }

  private static let refusals: [Refusal] = [
    .init("nothing", "", .emptyBatch, "no event"),
    .init("white space", " \n\t\r\n", .emptyBatch, "no event"),
    .init("an empty array", "[ ]", .emptyBatch, "no event"),
    .init("no JSON", "hello", .invalidEvents, "not JSON"),
    .init("no JSON behind good events", good + "\nhello", .invalidEvents, "not JSON", event: 1),
    .init("binary", "\u{1}\u{2}\u{7F}\u{0}", .invalidEvents, "control character"),
    .init("a truncated object", String(good.dropLast(5)), .invalidEvents, "ends before"),
    .init("a truncated array", "[" + good + ",", .invalidEvents, "ends before", event: 1),
    .init("an open string", #"{"type":3,"timestamp":1,"data":{"a":"b"#, .invalidEvents, "ends before"),
    .init(
      "nesting 100,000 deep",
      #"{"type":3,"timestamp":1,"data":"# + String(repeating: "[", count: 100_000)
        + String(repeating: "]", count: 100_000) + "}", .invalidEvents, "too deep"),
    .init("nesting 100,000 deep and never closed", String(repeating: "[", count: 100_000), .invalidEvents, "deep"),
    .init("an array of numbers", "[1,2,3]", .invalidEvents, "must be an object"),
    .init("an array of arrays", "[[]]", .invalidEvents, "must be an object"),
    .init("an array of strings", #"["a"]"#, .invalidEvents, "must be an object"),
    .init("null among events", "[" + good + ",null]", .invalidEvents, "must be an object", event: 1),
    .init("no timestamp", #"{"type":3,"data":{}}"#, .invalidEvents, "no \"timestamp\""),
    .init("NaN", event(timestamp: "NaN"), .invalidEvents, "NaN"),
    .init("infinity", event(timestamp: "1e999"), .invalidEvents, "infinite"),
    .init("a negative timestamp", event(timestamp: "-1"), .invalidEvents, "negative"),
    .init("a timestamp in a string", event(timestamp: "\"1760000000000\""), .invalidEvents, "a string"),
    .init("a null timestamp", event(timestamp: "null"), .invalidEvents, "null"),
    .init("no type", #"{"timestamp":1760000000000}"#, .invalidEvents, "no \"type\""),
    .init("a type in a string", #"{"type":"3","timestamp":1760000000000}"#, .invalidEvents, "\"type\""),
    .init("brackets of two kinds", #"{"type":3,"timestamp":1,"data":[}]}"#, .invalidEvents, "bracket"),
    .init(
      "a control character in a string", "{\"type\":3,\"timestamp\":1,\"data\":{\"a\":\"\u{1}\"}}", .invalidEvents,
      "control character"),
    .init("one field twice", #"{"type":3,"type":3,"timestamp":1}"#, .invalidEvents, "only once"),
    .init(
      "an event over the limit",
      "{\"type\":5,\"timestamp\":1,\"data\":\"" + String(repeating: "x", count: 2_000) + "\"}",
      .eventTooLarge, "larger than the limit"),
    .init(
      "an event over the limit behind a good one",
      good + "\n{\"type\":5,\"timestamp\":1,\"data\":\"" + String(repeating: "x", count: 2_000) + "\"}",
      .eventTooLarge, "larger than the limit", event: 1),
    .init(
      "a batch over the limit", Array(repeating: good, count: 3_000).joined(separator: "\n"), .batchTooLarge,
      "at most 250000"),
  ]

  private func configuration() -> Configuration {
    var configuration = Configuration.small()
    configuration.limits.eventBytes = 1_500
    configuration.limits.batchBytes = 250_000
    return configuration
  }

  @Test("Nothing of it is stored, and its ID stays free", arguments: refusals.indices)
  func refused(_ index: Int) async throws {
    let refusal = Self.refusals[index]
    // Deep nesting must not meet the limit of an event first.
    var limits = configuration()
    if refusal.name.contains("nesting") { limits.limits.eventBytes = 1 << 20 }
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, limits)
    let key = SessionKey(id: "s")
    try await store.add([Self.good], to: key)
    let files = try folder.content()
    for (session, count) in [(key, 1), (SessionKey(id: "new"), 0)] {
      let error = await failure {
        try await store.append(Array(refusal.body.utf8), to: session, batchID: "b", origin: .imported)
      }
      #expect(error?.code == refusal.code, "\(refusal.name)")
      #expect(error?.message.contains(refusal.says) == true, "\(refusal.name): \(error?.message ?? "")")
      #expect(error?.isRetryable == false, "\(refusal.name)")
      #expect(error?.location?.session == session, "\(refusal.name)")
      if refusal.code != .batchTooLarge { #expect(error?.location?.event == refusal.event, "\(refusal.name)") }
      #expect(try await store.summary(of: session)?.events ?? 0 == UInt64(count), "\(refusal.name)")
    }
    #expect(try folder.content() == files, "\(refusal.name)")
    let receipt = try await store.add([Self.good], to: key, batchID: "b")
    #expect(!receipt.isDuplicate && receipt.first.sequence == 1, "\(refusal.name)")
    #expect(try await store.export(key) == Self.good + "\n" + Self.good + "\n", "\(refusal.name)")
    try await store.close()
  }

  @Test("An event and a batch of just the limit are taken")
  func atTheLimit() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, configuration())
    let frame = #"{"type":5,"timestamp":1,"data":""}"#
    let event = frame.replacing("\"\"", with: "\"" + String(repeating: "x", count: 1_500 - frame.utf8.count) + "\"")
    #expect(event.utf8.count == 1_500)
    let key = SessionKey(id: "s")
    try await store.add([event], to: key)
    #expect(try await store.export(key) == event + "\n")
    let larger = event.replacing("xx\"", with: "xxx\"")
    #expect(await failure { try await store.add([larger], to: key) }?.code == .eventTooLarge)
    let filler = Array(repeating: event, count: 166).joined(separator: "\n")
    let batch = Array((filler + String(repeating: " ", count: 250_000 - filler.utf8.count)).utf8)
    #expect(try await store.append(batch, to: key, origin: .imported).events == 166)
    #expect(
      await failure { try await store.append(batch + [0x20], to: key, origin: .imported) }?.code == .batchTooLarge)
    try await store.close()
  }

  @Test("With skipInvalid every bad event is left out and the batch goes on behind it")
  func skipped() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, configuration())
    for refusal in Self.refusals where refusal.code == .invalidEvents && !refusal.name.contains("nesting") {
      let key = SessionKey(id: refusal.name)
      let body = refusal.body.hasPrefix("[") ? refusal.body : Self.good + "\n" + refusal.body + "\n" + Self.good
      do {
        let receipt = try await store.append(
          Array(body.utf8), to: key, validation: .skipInvalid, origin: .imported)
        #expect(!receipt.rejected.isEmpty, "\(refusal.name)")
        let stored = try await store.events(in: key).all()
        #expect(stored.lines.allSatisfy { $0 == Self.good }, "\(refusal.name)")
        #expect(stored.lines.count == receipt.events, "\(refusal.name)")
        if !refusal.body.hasPrefix("[") { #expect(receipt.events >= 1, "\(refusal.name)") }
      } catch {
        Issue.record("\(refusal.name): \(error)")
      }
    }
    try await store.flush()
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }
}
