import SegmentTestSupport

/// Operations that a seed makes, each kind as often as it is of use.
struct ModelPlan {
  static let slots = 10
  static let policies = 7

  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed &* 0x2545_F491_4F6C_DD1D &+ 9) }

  mutating func operations(_ count: Int) -> [ModelOperation] {
    (0..<count).map { _ in next() }
  }

  private mutating func slot() -> Int { random.below(Self.slots) }
  private mutating func seed() -> Int { random.below(1_000_000) }
  private mutating func chance(_ percent: Int) -> Bool { random.below(100) < percent }

  private mutating func next() -> ModelOperation {
    switch random.below(200) {
    case 0..<48:
      .append(
        slot: slot(), events: 1 + random.below(chance(15) ? 60 : 8), seed: seed(), isSynced: chance(70),
        isNamed: chance(80))
    case 48..<52: .appendLate(slot: slot(), hours: 1 + random.below(600), seed: seed())
    case 52..<58: .appendGroup(slot: slot(), other: slot(), seed: seed())
    case 58..<62: .appendInvalid(slot: slot(), seed: seed(), skips: chance(60))
    case 62..<63: .appendTooLarge(slot: slot(), isEvent: chance(50))
    case 63..<70: .resend(slot: slot(), pick: random.below(100), isChanged: chance(25))
    case 70..<76: .tag(slot: slot(), tag: random.below(3), value: random.below(4), isOutside: chance(30))
    case 76..<79: .finish(slot: slot(), isOutside: chance(30))
    case 79..<81: .syncBuffered
    case 81..<84: .rotate
    case 84..<94: .flush
    case 94..<97: .reopen
    case 97..<99: .kill
    case 99..<102: .pin(slot: slot(), hours: chance(50) ? 0 : random.below(400))
    case 102..<104: .unpin(slot: slot())
    case 104..<107: .policy(random.below(Self.policies))
    case 107..<118: .maintain(jobs: chance(60) ? 127 : random.below(128), isForced: chance(50), isBeside: chance(30))
    case 118..<121: .mergeAll
    case 121..<123: .adoptDictionary(project: random.below(2))
    case 123..<124: .retireDictionaries
    case 124..<125: .train(project: random.below(2))
    case 125..<128: .erase(slot: slot(), isBeside: chance(30))
    case 128..<129: .eraseVisitor(random.below(4))
    case 129..<130: .eraseTag(tag: random.below(3), value: 1 + random.below(3))
    case 130..<131: chance(30) ? .eraseProject(random.below(2)) : .verify
    case 131..<133: .snapshot
    case 133..<135: .restore(moves: chance(40))
    case 135..<142: .list(seed: seed())
    case 142..<158: .read(slot: slot(), seed: seed())
    case 158..<168: .poll(slot: slot())
    case 168..<172: .readBeside
    case 172..<174: .verify
    case 174..<180: .compare
    case 180..<190: .advance(hours: chance(70) ? random.below(30) : random.below(300))
    case 190..<196: .crash(after: random.below(60), fate: random.below(Fate.allCases.count), seed: seed())
    default: .fault(after: random.below(40), kind: random.below(3))
    }
  }
}
