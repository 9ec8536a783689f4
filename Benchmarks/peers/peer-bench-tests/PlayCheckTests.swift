import Peers
import Testing

@testable import peer_bench

/// What a peer must deliver for a play.
struct PlayCheckTests {
  private let batches = [
    batch(0, [event(4, 1_000), event(2, 1_001), event(3, 1_500)], keyframe: 1_001),
    batch(1, [event(3, 2_000), event(2, 2_500), event(3, 2_600)], keyframe: 2_500),
    batch(2, [event(3, 3_000), event(3, 2_900)], keyframe: nil),
  ]

  @Test func wholeBatchesFromTheKeyframeOnAreEnough() throws {
    try PlayCheck.check(batches, at: 2_550, [batches[1].bytes])
    try PlayCheck.check(batches, at: 2_100, batches[0...1].map(\.bytes))
    try PlayCheck.check(batches, at: 3_000, batches.map(\.bytes))
  }

  @Test func eventsMayComeInTheOrderOfTheirTimes() throws {
    let sorted = Self.lines([event(2, 2_500), event(3, 2_600), event(3, 2_900), event(3, 3_000)])
    try PlayCheck.check(batches, at: 3_000, [sorted])
  }

  @Test func missingKeyframeIsFound() {
    #expect(throws: BenchError.self) { try PlayCheck.check(batches, at: 3_000, [batches[2].bytes]) }
  }

  @Test func missingEventIsFound() {
    let some = Self.lines([event(2, 2_500), event(3, 3_000), event(3, 2_900)])
    #expect(throws: BenchError.self) { try PlayCheck.check(batches, at: 3_000, [some]) }
  }

  @Test func changedByteIsFound() {
    var bytes = batches[1].bytes
    bytes[bytes.count - 30] ^= 1
    #expect(throws: BenchError.self) { try PlayCheck.check(batches, at: 2_600, [bytes]) }
  }

  @Test func wrongOrderIsFound() {
    let mixed = Self.lines([event(3, 2_600), event(2, 2_500), event(3, 2_900), event(3, 3_000)])
    #expect(throws: BenchError.self) { try PlayCheck.check(batches, at: 3_000, [mixed]) }
  }

  @Test func pieceThatEndsWithinALineIsFound() {
    #expect(throws: BenchError.self) {
      try PlayCheck.check(batches, at: 2_600, [batches[1].bytes.dropLast()].map(Array.init))
    }
  }

  @Test func equalLinesMustBeThereAsOftenAsTheyCame() {
    let twice = [batch(0, [event(2, 1_000), event(3, 1_100), event(3, 1_100)], keyframe: 1_000)]
    #expect(throws: BenchError.self) {
      try PlayCheck.check(twice, at: 1_100, [Self.lines([event(2, 1_000), event(3, 1_100)])])
    }
  }

  private static func lines(_ events: [String]) -> [UInt8] { Array(events.joined().utf8) }
}

/// An event as a recorder writes it.
func event(_ type: Int, _ time: Int64) -> String {
  #"{"type":\#(type),"data":{"text":"timestamp \#(time)"},"timestamp":\#(time)}"# + "\n"
}

/// A batch of session `site-1` on day 0.
func batch(_ number: Int, _ events: [String], session: String = "site-1", keyframe: Int64?) -> Batch {
  Batch(
    session: SessionRef(day: 0, id: session), number: number, window: "", received: 0, first: 0, last: 0,
    events: events.count, keyframe: keyframe, bytes: Array(events.joined().utf8))
}
