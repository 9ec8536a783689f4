import SegmentEngine
import Testing

@testable import engine_tool

@Suite("Times on the command line")
struct TimeArgumentTests {
  @Test(
    "are read in all their forms",
    arguments: [
      ("1970-01-01T00:00:00Z", 0.0), ("2026-11-23T10:00:00Z", 1_795_428_000_000), ("2026-11-23", 1_795_392_000_000),
      ("2026-11-23T12:00:00+02:00", 1_795_428_000_000), ("2026-11-23T12:00:00+0200", 1_795_428_000_000),
      ("2026-11-23T12:00+02", 1_795_428_000_000), ("2026-11-23T04:30:00-05:30", 1_795_428_000_000),
      ("2026-11-23 10:00:00.25z", 1_795_428_000_250), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
      ("2000-03-01", 951_868_800_000), ("1795428000000", 1_795_428_000_000), ("1795428000000.5", 1_795_428_000_000.5),
      ("2026", 2_026),
    ])
  func moments(_ text: String, _ expected: Double) throws {
    #expect(try TimeArgument(parsing: text) == .moment(expected))
  }

  @Test(
    "may be offsets into the session",
    arguments: [
      ("+1m30s", 90_000.0), ("+90s", 90_000), ("+1.5s", 1_500), ("+250ms", 250), ("+1h2m", 3_720_000), ("+0s", 0),
      ("+1d1ms", 86_400_001), ("+2h0m7.125s", 7_207_125),
    ])
  func offsets(_ text: String, _ expected: Double) throws {
    #expect(try TimeArgument(parsing: text) == .offset(expected))
  }

  @Test(
    "are refused when they are none",
    arguments: [
      "", "+", "+5", "+s", "+5x", "+1s1m", "+1s1s", "+1.5m1s", "+.5s", "+-5s", "+1e3s", "now", "-5", "1e3", ".",
      "1.2.3",
      "2026-11-23T10:00:00", "2026-13-01", "2026-02-29", "2100-02-29", "2026-11-31T00:00Z", "2026-11-23T24:00Z",
      "2026-11-23T10:60Z", "2026-11-23T10:00:60Z", "2026-11-23T10Z", "2026-11-23T10:00:00.Z", "2026-11-23T10:00:00+2",
      "2026-11-23T10:00:00Z ", "1960-01-01", "99999999999999999999", "２０２６-11-23",
    ])
  func refused(_ text: String) {
    #expect(throws: Failure.self) { try TimeArgument(parsing: text) }
  }

  @Test("are read back as the tool writes them", arguments: 0..<400)
  func roundTrip(_ step: Int) throws {
    // Steps of a day and a prime number of milliseconds visit all months, leap days included.
    let time = Double(step) * 86_400_000 * 97 + Double(step * 7_919_003 % 86_400_000)
    #expect(try TimeArgument(parsing: ISO8601.text(time)) == .moment(time))
    #expect(try TimeArgument(parsing: Units.offset(time)) == .offset(time))
  }

  @Test("count offsets from the session's start, which it must have")
  func resolving() throws {
    let start = Timestamp(millisecondsSince1970: 5_000)
    #expect(try TimeArgument.offset(250).resolved(from: start).millisecondsSince1970 == 5_250)
    #expect(try TimeArgument.moment(250).resolved(from: nil).millisecondsSince1970 == 250)
    #expect(throws: Failure.self) { try TimeArgument.offset(250).resolved(from: nil) }
  }
}
