import SegmentEngine
import SegmentTestSupport

/// Policies with everything a document may hold, from a seed.
struct RandomPolicy {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func next() -> Policy {
    var policy = Policy()
    if random.once(in: 2) { policy.recentHours = number(below: 1_000) }
    if random.once(in: 2) { policy.salt = name(100) }
    policy.rules = (0..<random.below(6)).map { place in rule(place) }
    policy.otherwise = rule(0)
    if random.once(in: 2) { policy.budgetBytes = max(1, random.next() >> UInt64(random.below(64))) }
    for _ in 0..<random.below(4) { policy.projectBudgets[name(64)] = max(1, random.next()) }
    if random.once(in: 2) { policy.freeBytes = random.next() >> UInt64(random.below(64)) }
    return policy
  }

  private mutating func rule(_ place: Int) -> Policy.Rule {
    let keep: [Double] = [0, 1, 0.1, Double.random(in: 0...1, using: &random), 1e-9, .leastNonzeroMagnitude]
    return Policy.Rule(
      name: "\(place) " + name(40), when: conditions(), keep: keep[random.below(keep.count)],
      retention: random.once(in: 4) ? .forever : .days(1 + random.below(36_500)))
  }

  private mutating func conditions() -> Policy.Conditions {
    var when = Policy.Conditions()
    for path in [\Policy.Conditions.errors, \.durationSeconds, \.activeSeconds, \.events, \.rawBytes]
    where random.once(in: 3) { when[keyPath: path] = bounds() }
    when.urls = names(200)
    when.projects = names(64)
    for _ in 0..<random.below(4) {
      when.tags.updateValue(random.once(in: 2) ? nil : random.once(in: 4) ? "" : name(200), forKey: name(30))
    }
    if random.once(in: 3) { when.isTagged = random.once(in: 2) }
    if random.once(in: 3) { when.state = random.once(in: 2) ? .finished : .abandoned }
    return when
  }

  private mutating func bounds() -> Policy.Bounds {
    let low = number(below: 1_000_000)
    return switch random.below(3) {
    case 0: Policy.Bounds(atLeast: low)
    case 1: Policy.Bounds(below: low + 0.5)
    default: Policy.Bounds(atLeast: low, below: low + 1 + number(below: 1e12))
    }
  }

  private mutating func number(below limit: Double) -> Double {
    random.once(in: 2) ? Double(random.below(Int(limit))) : Double.random(in: 0..<limit, using: &random)
  }

  private mutating func names(_ limit: Int) -> [String] { (0..<random.below(4)).map { _ in name(limit) } }

  /// 1 to `limit` bytes, with what needs escapes and with characters of up to four bytes.
  private mutating func name(_ limit: Int) -> String {
    let letters: [Character] = ["a", "Z", "0", " ", ".", "*", "?", "\"", "\\", "/", "é", "ß", "→", "😀", "[", "\u{85}"]
    var text = ""
    repeat {
      text.append(letters[random.below(letters.count)])
    } while text.utf8.count + 4 < limit && !random.once(in: 12)
    return text
  }
}
