import Peers
import Testing

@testable import peer_bench

/// Moving recordings to a day.
struct DatingTests {
  private let flush = Recording.Flush(
    window: "w1", offset: 0, first: 0, last: 0, events: 0, keyframe: nil,
    bytes: Array((event(4, 1_795_455_965_831) + event(2, 1_795_455_965_900) + event(3, 1_795_455_970_000)).utf8))

  @Test func eventsBeginInTheMorningOfTheDay() throws {
    let moved = try #require(Dating.moved([flush], to: 9).first)
    let morning = Calendar.start(of: 9) + Recording.morning
    #expect(moved.first == morning)
    #expect(moved.last == morning + 4_169)
    #expect(moved.keyframe == morning + 69)
    #expect(moved.events == 3)
    #expect(Lines.events(of: moved.bytes).map(\.time) == [morning, morning + 69, morning + 4_169])
  }

  @Test func nothingButTimesChanges() throws {
    let moved = try #require(Dating.moved([flush], to: 3).first)
    #expect(moved.bytes.count == flush.bytes.count)
    let changed = zip(moved.bytes, flush.bytes).filter { $0 != $1 }
    #expect(changed.allSatisfy { (0x30...0x39).contains($0.0) && (0x30...0x39).contains($0.1) })
    #expect(!changed.isEmpty)
  }

  @Test func numbersOfOtherLengthsStay() throws {
    var short = flush
    short.bytes += Array(#"{"type":5,"data":{"timestamp":12345},"timestamp":1795455970001}"#.utf8) + [0x0A]
    let moved = try #require(Dating.moved([short], to: 0).first)
    #expect(String(decoding: moved.bytes, as: UTF8.self).contains(#""timestamp":12345}"#))
  }

  @Test func daysOfTheCalendarFollowOneAnother() {
    for day in [-2, -1, 0, 1, 9] {
      #expect(Calendar.day(of: Calendar.start(of: day)) == day)
      #expect(Calendar.day(of: Calendar.start(of: day) + Calendar.day - 1) == day)
    }
  }
}
