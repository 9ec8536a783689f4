import SegmentEngine

/// Events as a recorder writes them.
enum Sample {
  /// A moment in the past that recordings of these tests begin at.
  static let base = 1_760_000_000_000.0

  /// A timestamp as JSON.stringify writes it.
  static func number(_ time: Double) -> String {
    if let whole = Int64(exactly: time) { return String(whole) }
    return "\(time)"
  }

  static func meta(_ time: Double, href: String = "https://shop.example/") -> String {
    #"{"type":4,"data":{"href":"\#(href)","width":1280,"height":720},"timestamp":\#(number(time))}"#
  }

  static func snapshot(_ time: Double, text: String = "hello") -> String {
    #"{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":3,"textContent":"\#(text)","id":2}],"id":1},"initialOffset":{"left":0,"top":0}},"timestamp":\#(number(time))}"#
  }

  static func mutation(_ time: Double, text: String = "x") -> String {
    #"{"type":3,"data":{"source":0,"texts":[{"id":2,"value":"\#(text)"}],"attributes":[],"removes":[],"adds":[]},"timestamp":\#(number(time))}"#
  }

  static func click(_ time: Double) -> String {
    #"{"type":3,"data":{"source":2,"type":2,"id":7,"x":10,"y":12},"timestamp":\#(number(time))}"#
  }

  static func input(_ time: Double) -> String {
    #"{"type":3,"data":{"source":5,"text":"a","isChecked":false,"id":9},"timestamp":\#(number(time))}"#
  }

  static func error(_ time: Double) -> String {
    #"{"type":6,"data":{"plugin":"rrweb/console@1","payload":{"level":"error","trace":[],"payload":["\"no\""]}},"timestamp":\#(number(time))}"#
  }

  /// Keys in another order than rrweb's.
  static func custom(_ time: Double, tag: String = "note") -> String {
    #"{"timestamp":\#(number(time)),"data":{"tag":"\#(tag)","payload":{}},"type":5}"#
  }

  /// NDJSON of events.
  static func batch(_ events: [String]) -> [UInt8] { Array(events.joined(separator: "\n").utf8) + [0x0A] }
  static func batch(_ events: String...) -> [UInt8] { batch(events) }
}

/// Numbers that a seed repeats (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// True once in `count` times.
  mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

  /// Letters that do not compress to nothing.
  mutating func letters(_ count: Int) -> String {
    String(decoding: (0..<count).map { _ in UInt8.random(in: 97...122, using: &self) }, as: UTF8.self)
  }
}
