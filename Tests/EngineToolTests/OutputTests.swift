import Foundation
import SegmentEngine
import Testing

@testable import engine_tool

@Suite("Output")
struct OutputTests {
  @Test(
    "shows sizes in binary units with one decimal",
    arguments: [
      (0 as UInt64, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (1_536, "1.5 KiB"), (1_048_524, "1023.9 KiB"),
      (1_048_575, "1.0 MiB"), (1_048_576, "1.0 MiB"), (3_435_973_837, "3.2 GiB"), (.max, "16384.0 PiB"),
    ])
  func sizes(_ bytes: UInt64, _ text: String) {
    #expect(Units.bytes(bytes) == text)
  }

  @Test(
    "shows durations in at most two units",
    arguments: [
      (0.0, "0ms"), (999.4, "999ms"), (999.6, "1.0s"), (9_949, "9.9s"), (9_950, "10s"), (59_499, "59s"),
      (59_600, "1m00s"), (90_000, "1m30s"), (3_599_400, "59m59s"), (7_500_000, "2h05m"), (273_600_000, "3d04h"),
      (-1_500, "-1.5s"), (.infinity, "?"),
    ])
  func durations(_ milliseconds: Double, _ text: String) {
    #expect(Units.duration(milliseconds) == text)
  }

  @Test(
    "shows offsets to the millisecond",
    arguments: [
      (0.0, "+0s"), (250, "+250ms"), (1_000, "+1s"), (90_250, "+1m30.250s"), (7_207_005, "+2h0m7.005s"),
      (-250, "-250ms"), (.nan, "?"),
    ])
  func offsets(_ milliseconds: Double, _ text: String) {
    #expect(Units.offset(milliseconds) == text)
  }

  @Test("writes JSON in the order of its keys, with shortest numbers and everything escaped")
  func json() throws {
    let value = JSONValue.record([
      "z": .number(1_795_000_000_000), "a": .number(0.1), "big": .whole(.max), "nan": .number(.nan),
      "text": .string("\"\\\n\t\u{1}\u{9B}é\u{1F600}/"), "list": .array([.null, .bool(true), ["k": .count(-1)]]),
      "small": .number(-2.5e-7), "large": .number(1e300),
    ])
    #expect(
      value.text
        == #"{"schema":1,"z":1795000000000,"a":0.1,"big":18446744073709551615,"nan":null,"#
        + #""text":"\"\\\n\t\u0001\u009bé😀/","list":[null,true,{"k":0}],"small":-2.5e-07,"large":1e+300}"#)
    let read = try #require(try JSONSerialization.jsonObject(with: Data(value.text.utf8)) as? [String: Any])
    #expect(read["text"] as? String == "\"\\\n\t\u{1}\u{9B}é\u{1F600}/")
    #expect(read["large"] as? Double == 1e300)
  }

  @Test("aligns tables and ends no line in spaces")
  func table() {
    var table = Table(["name": .left, "hidden": .left, "size": .right, "note": .left], without: ["hidden"])
    table.add("a", "x", "1", "")
    table.add("longer", "x", "1000", "n")
    #expect(table.text == "name    size  note\na          1\nlonger  1000  n\n")
  }

  @Test("shows nothing a terminal would obey")
  func printable() {
    #expect("a\u{1B}[2Jb\u{9B}c\u{202E}d\n".printable == "a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}d\u{FFFD}")
    #expect("späť 😀".printable == "späť 😀")
  }

  @Test("draws a bar that never runs over")
  func progress() {
    #expect(Progress.line("x", done: 0, total: 0).contains("0 %"))
    #expect(Progress.line("x", done: 512, total: 1_024).contains("] 50 %  512 B of 1.0 KiB"))
    #expect(Progress.line("x", done: 9_999, total: 1_024).contains("100 %"))
  }

  @Test(
    "maps the engine's errors to exit statuses",
    arguments: [
      (StoreError.Code.notFound, engine_tool.ExitStatus.notFound), (.invalidArgument, .usage), (.damaged, .findings),
      (.locked, .failed), (.diskFull, .failed), (.ioFailed, .failed), (.newerFormat, .failed),
      (.batchConflict, .failed),
    ])
  func statuses(_ code: StoreError.Code, _ status: engine_tool.ExitStatus) {
    #expect(Failure(StoreError(code, "x")).status == status)
  }
}
