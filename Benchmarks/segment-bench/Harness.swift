import Foundation
import SegmentFiles

/// One figure: what the engine does, beside the limit measured in the same run.
struct Row: Encodable {
  var area: String
  var what: String
  var engine: Double
  var unit: String
  /// What the limit program reached; nil where the figure stands alone.
  var limit: Double?
  /// `engine / limit`: of speeds at most about 1, of times and costs at least about 1.
  var ratio: Double?
  var goal: String
  /// Whether the goal is met; nil where there is none.
  var met: Bool?
  var note: String
}

/// Gathers rows, prints them as they come.
struct Report {
  private(set) var rows: [Row] = []
  let isQuiet: Bool

  /// A speed: more is better. `atLeast` is the goal for the ratio to the limit, `floor` for the figure itself.
  mutating func speed(
    _ area: String, _ what: String, _ engine: Double, _ unit: String, limit: Double? = nil, atLeast: Double? = nil,
    floor: Double? = nil, _ note: String = ""
  ) {
    let ratio = limit.map { engine / $0 }
    var goal = ""
    var met: Bool?
    if let atLeast, let ratio {
      goal = ">= \(short(atLeast)) of limit"
      met = ratio >= atLeast
    } else if let floor {
      goal = ">= \(short(floor))"
      met = engine >= floor
    }
    add(
      Row(
        area: area, what: what, engine: engine, unit: unit, limit: limit, ratio: ratio, goal: goal, met: met, note: note
      ))
  }

  /// A cost: less is better. `atMost` is the goal for the ratio to the limit, `ceiling` for the figure itself.
  mutating func cost(
    _ area: String, _ what: String, _ engine: Double, _ unit: String, limit: Double? = nil, atMost: Double? = nil,
    ceiling: Double? = nil, _ note: String = ""
  ) {
    let ratio = limit.map { engine / $0 }
    var goal = ""
    var met: Bool?
    if let atMost, let ratio {
      goal = "<= \(short(atMost))x limit"
      met = ratio <= atMost
    } else if let ceiling {
      goal = "<= \(short(ceiling))"
      met = engine <= ceiling
    }
    add(
      Row(
        area: area, what: what, engine: engine, unit: unit, limit: limit, ratio: ratio, goal: goal, met: met, note: note
      ))
  }

  private mutating func add(_ row: Row) {
    rows.append(row)
    if isQuiet { return }
    let figures = [
      pad(row.area, 10), pad(row.what, 46), padLeft(short(row.engine), 9), pad(row.unit, 10),
      padLeft(row.limit.map(short) ?? "", 9), padLeft(row.ratio.map { short($0) + "x" } ?? "", 8), "  ",
      pad(row.goal, 18), pad(row.met.map { $0 ? "met" : "MISSED" } ?? "", 7), row.note,
    ]
    print(figures.joined(separator: " "))
  }

  func printHeader() {
    if isQuiet { return }
    print(
      [
        pad("area", 10), pad("figure", 46), padLeft("engine", 9), pad("unit", 10), padLeft("limit", 9),
        padLeft("ratio", 8), "  ", pad("goal", 18), pad("", 7), "note",
      ].joined(separator: " "))
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    struct Whole: Encodable {
      var schema = 1
      var rows: [Row]
    }
    return String(decoding: try encoder.encode(Whole(rows: rows)), as: UTF8.self)
  }

  private func short(_ value: Double) -> String {
    switch abs(value) {
    case 100...: "\(Int(value.rounded()))"
    case 10...: "\((value * 10).rounded() / 10)"
    default: "\((value * 100).rounded() / 100)"
    }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func padLeft(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// Seconds on the monotonic clock.
func seconds() -> Double { Double(SystemClock().monotonic()) / 1e9 }

/// Seconds that `body` takes.
func timed(_ body: () throws -> Void) rethrows -> Double {
  let start = seconds()
  try body()
  return seconds() - start
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}

/// CPU seconds, user and system, that this process has used.
func cpuSeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Keeps a result from being optimised away.
@inline(never)
func consume<T>(_ value: T) {}

/// A small generator, so that runs choose the same sessions.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  // splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
