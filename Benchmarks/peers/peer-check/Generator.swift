import Peers

/// Numbers from a seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// Makes sessions in the shape of recordings: a snapshot now and then, small events between, of words that repeat and
/// numbers that do not.
struct Generator {
  static let start: Int64 = 1_750_000_000_000
  static let dayLength: Int64 = 86_400_000
  static let flush: Int64 = 5_000

  private var random: Seeded

  init(seed: UInt64) { random = Seeded(seed) }

  /// A session's batches; `sizes` of a snapshot in bytes.
  mutating func session(_ session: SessionRef, batches: Int, snapshot size: Int) -> [Batch] {
    let start =
      Generator.start + Int64(session.day) * Generator.dayLength + Int64.random(in: 0..<80_000_000, using: &random)
    return (0..<batches).map { number in
      batch(
        session, number: number, from: start + Int64(number) * Generator.flush, snapshot: number % 4 == 0 ? size : nil)
    }
  }

  private mutating func batch(_ session: SessionRef, number: Int, from: Int64, snapshot: Int?) -> Batch {
    var bytes: [UInt8] = []
    // Flushes of windows overlap: some events are older than the last of the batch before.
    var time = from - (number == 0 ? 0 : Int64.random(in: 0..<300, using: &random))
    var (first, last, keyframe) = (time, time, Int64?.none)
    let count = Int.random(in: 3...30, using: &random)
    for place in 0..<count {
      if place == 1, let snapshot {
        keyframe = time
        bytes += line(type: 2, time: time, length: snapshot)
      } else {
        bytes += line(type: 3, time: time, length: Int.random(in: 20...400, using: &random))
      }
      (first, last) = (min(first, time), max(last, time))
      time += Int64.random(in: 1..<150, using: &random)
    }
    return Batch(
      session: session, number: number, window: "w1", received: last + 50, first: first, last: last, events: count,
      keyframe: keyframe, bytes: bytes)
  }

  private static let words = [
    "childNodes", "attributes", "tagName", "textContent", "className", "rr-block", "isStyle", "mutation", "positions",
  ]

  private mutating func line(type: Int, time: Int64, length: Int) -> [UInt8] {
    var text = "{\"type\":\(type),\"data\":\""
    while text.utf8.count < length {
      text += Generator.words.randomElement(using: &random) ?? ""
      text += " \(random.next() % 100_000_000) "
    }
    return Array((text + "\",\"timestamp\":\(time)}\n").utf8)
  }
}
