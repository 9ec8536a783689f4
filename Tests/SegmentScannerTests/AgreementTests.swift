import SegmentScanner
import Testing

/// The scanner against the slow one, over generated batches; the seed is in the name of each case.
struct AgreementTests {
  private func check(_ bytes: [UInt8], seed: UInt64, limits: ScanLimits = ScanLimits()) {
    var slow = SlowScanner(bytes, maximumDepth: limits.maximumDepth)
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(SlowScanner.Failure) {
      let expected = try slow.scan()
      do throws(ScanError) {
        let batch = try scan(bytes, limits: limits)
        #expect(batch.events == expected, "seed \(seed): \(text)")
        for event in batch.events {
          let line = Array(bytes[event.offset..<event.offset + event.length])
          let found = probe(line)
          #expect(found?.type == event.type && found?.kind == event.kind, "seed \(seed): \(text)")
          if event.type >= 0 { #expect(found?.timestamp == event.timestamp, "seed \(seed): \(text)") }
        }
      } catch {
        Issue.record("seed \(seed): refused with \(error): \(text)")
      }
    } catch {
      let expected = ScanError(ordinal: error.ordinal, byteOffset: error.offset, reason: error.reason)
      #expect(refusal(bytes, limits: limits) == expected, "seed \(seed): \(text)")
    }
  }

  @Test("agrees with the slow scanner on valid batches, and the probe with both", arguments: 0..<40 as Range<UInt64>)
  func valid(seed: UInt64) throws {
    var generator = EventGenerator(seed: seed)
    for _ in 0..<20 {
      let bytes = Array(generator.batch(events: 4).utf8)
      _ = try scan(bytes)
      check(bytes, seed: seed)
    }
  }

  @Test(
    "agrees with the slow scanner on damaged batches, to the reason and the byte", arguments: 0..<60 as Range<UInt64>)
  func damaged(seed: UInt64) {
    var generator = EventGenerator(seed: 1_000 + seed)
    for _ in 0..<20 {
      let bytes = Array(generator.batch(events: 3).utf8)
      for _ in 0..<5 { check(generator.damaged(bytes), seed: 1_000 + seed) }
    }
  }

  @Test("agrees with the slow scanner where depth is short", arguments: 1...8)
  func depth(maximum: Int) {
    var generator = EventGenerator(seed: 77)
    for _ in 0..<60 {
      check(Array(generator.batch(events: 2).utf8), seed: 77, limits: ScanLimits(maximumDepth: maximum))
    }
  }

  @Test("refuses a batch cut anywhere, or reads whole events of it only", arguments: 0..<12 as Range<UInt64>)
  func truncated(seed: UInt64) throws {
    var generator = EventGenerator(seed: 2_000 + seed)
    let bytes = Array(generator.batch(events: 3).utf8)
    let whole = try scan(bytes).events
    for length in 0..<bytes.count {
      let part = Array(bytes[..<length])
      check(part, seed: 2_000 + seed)
      for invalid in [InvalidEvents.reject, .skip] {
        guard let batch = try? scan(part, invalid) else { continue }
        #expect(batch.events == whole.filter { $0.offset + $0.length <= length }, "seed \(seed), length \(length)")
      }
    }
  }

  @Test("skips bad events without losing its footing", arguments: 0..<60 as Range<UInt64>)
  func skipping(seed: UInt64) {
    var generator = EventGenerator(seed: 3_000 + seed)
    for _ in 0..<50 {
      let bytes = generator.damaged(Array(generator.batch(events: 4).utf8))
      guard let batch = try? scan(bytes, .skip) else {
        #expect(refusal(bytes)?.reason == .emptyBatch, "seed \(seed)")
        continue
      }
      #expect(batch.rejected.count == batch.rejectedCount)
      #expect((batch.rejectedCount == 0) == (refusal(bytes) == nil), "seed \(seed)")
      // The first thing wrong is the same as without skipping.
      #expect(batch.rejected.first == refusal(bytes), "seed \(seed)")
      var end = 0
      for (event, text) in zip(batch.events, batch.texts(of: bytes)) {
        #expect(event.offset >= end, "seed \(seed)")
        end = event.offset + event.length
        var alone = event
        alone.offset = 0
        #expect((try? scan(text))?.events == [alone], "seed \(seed)")
      }
      let stored = canonical(bytes, batch)
      if let again = try? scan(stored) {
        #expect(again.isCanonical && again.events.count == batch.events.count, "seed \(seed)")
        #expect(again.pages.map(\.href) == batch.pages.map(\.href), "seed \(seed)")
      } else {
        #expect(batch.events.isEmpty, "seed \(seed)")
      }
    }
  }

  @Test("survives noise", arguments: 0..<20 as Range<UInt64>)
  func noise(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let telling = Array("{}[]\",:\\\n 03t".utf8)
    for _ in 0..<300 {
      let count = Int.random(in: 0...200, using: &random)
      var bytes = (0..<count).map { _ in
        Bool.random(using: &random)
          ? telling.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes = Array("{\"type\":3,\"data\":".utf8) + bytes }
      check(bytes, seed: seed)
      if let found = probe(bytes) { #expect(found.type <= 65_535) }
      #expect((try? scan(bytes, .skip))?.events.count ?? 0 <= bytes.count)
    }
  }
}
