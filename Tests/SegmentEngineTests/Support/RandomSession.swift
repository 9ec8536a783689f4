import SegmentEngine

/// Batches of a session that a seed makes: windows, keyframes with and without Meta, clocks of every sort.
struct RandomSession {
  /// How the timestamps of a session behave.
  enum Clock: Int, CaseIterable {
    /// In order, with equal ones among them.
    case sorted
    /// In order within a second or so, as real recorders are.
    case jittering
    /// Anywhere within an hour.
    case wild
    /// All the same.
    case equal
    /// In order, with fractions.
    case fractional
  }

  struct Batch {
    var window: String
    var events: [ReferenceSession.Event]
    var bytes: [UInt8] { Sample.batch(events.map(\.line)) }
  }

  private var generator: SeededGenerator
  let clock: Clock
  let windows: [String]
  private let hasAbsurd: Bool
  private let hasKeyframes: Bool
  private var now: Double
  private let base: Double
  /// How many times longer than usual events are.
  var scale = 1

  init(seed: Int, base: Double = Sample.base) {
    generator = SeededGenerator(seed: seed)
    clock = Clock.allCases[seed % Clock.allCases.count]
    windows = Array(["", "tab-a", "tab-b"].prefix(Int.random(in: 1...3, using: &generator)))
    hasAbsurd = generator.once(in: 2)
    hasKeyframes = !generator.once(in: 8)
    self.base = base
    now = base
  }

  mutating func pick<T>(_ list: [T]) -> T { list[Int.random(in: list.indices, using: &generator)] }
  mutating func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  mutating func batches(_ count: Int) -> [Batch] { (0..<count).map { _ in batch() } }

  private mutating func batch() -> Batch {
    var batch = Batch(window: pick(windows), events: [])
    let count = random(1...9)
    while batch.events.count < count {
      if hasKeyframes, generator.once(in: 10) {
        // A Meta event, mostly right before its FullSnapshot, sometimes with something in between or not at all.
        let kind = random(0...5)
        if kind > 0 { batch.events.append(event({ Sample.meta($0) }, isMeta: true)) }
        // A recorder whose buffer is full sends a batch between the two.
        if kind == 2 { break }
        if kind == 1 { batch.events.append(mutation()) }
        let text = generator.letters(random(0...1_500) * scale)
        batch.events.append(event({ Sample.snapshot($0, text: text) }, isSnapshot: true))
      } else {
        batch.events.append(mutation())
      }
    }
    return batch
  }

  private mutating func mutation() -> ReferenceSession.Event {
    let text = generator.letters(random(0...200) * scale)
    if hasAbsurd, generator.once(in: 12) {
      let time = pick([0, base / 1_000, 5_700_000_000_000, 1e15, 0.5, base - 40 * 86_400_000])
      return event({ Sample.mutation($0, text: text) }, at: time)
    }
    if generator.once(in: 4) { return event({ Sample.custom($0, tag: text) }) }
    return event { Sample.mutation($0, text: text) }
  }

  private mutating func event(
    _ text: (Double) -> String, at fixed: Double? = nil, isMeta: Bool = false, isSnapshot: Bool = false
  ) -> ReferenceSession.Event {
    let time = fixed ?? tick()
    return .init(sequence: 0, window: "", line: text(time), timestamp: time, isMeta: isMeta, isSnapshot: isSnapshot)
  }

  private mutating func tick() -> Double {
    switch clock {
    case .sorted: now += Double(random(0...3) * 40)
    case .jittering:
      now += Double(random(0...80))
      return now + Double(random(-1_200...0))
    case .wild: return base + Double(random(0...3_600_000))
    case .equal: break
    case .fractional: now += Double(random(0...400)) / 8
    }
    return now
  }
}
