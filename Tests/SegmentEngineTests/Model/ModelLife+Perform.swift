import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

extension ModelLife {
  mutating func perform(_ operation: ModelOperation) throws {
    switch operation {
    case .append(let slot, let events, let seed, let isSynced, let isNamed):
      var text = ModelText(seed, key(slot))
      let batch = text.batch(events, at: clock.now(), isNamed: isNamed, absurd: seed % 9 == 0)
      try append([(key(slot), batch)], isSynced: isSynced)
    case .appendLate(let slot, let hours, let seed):
      var text = ModelText(seed, key(slot))
      let time = clock.now() - Double(hours) * 3_600_000
      try append([(key(slot), text.batch(4, at: time, isNamed: true, absurd: true))], isSynced: true)
    case .appendGroup(let slot, let other, let seed):
      var text = ModelText(seed, key(slot))
      let first = text.batch(3, at: clock.now(), isNamed: true)
      var more = ModelText(seed + 1_000_000, key(other))
      let second = more.batch(2, at: clock.now(), isNamed: true)
      let group = [(key: key(slot), batch: first), (key(other), second), (key(slot), first)]
      // A budget refuses batches one by one.
      let isWhole = !hasHadBudget
      for part in isWhole ? [group] : group.map({ [$0] }) { try append(part, isSynced: seed % 2 == 0) }
    case .appendInvalid(let slot, let seed, let skips): try appendInvalid(key(slot), seed, skips: skips)
    case .appendTooLarge(let slot, let isEvent): try appendTooLarge(key(slot), isEvent: isEvent)
    case .resend(let slot, let pick, let isChanged): try resend(key(slot), pick, isChanged: isChanged)
    case .tag(let slot, let tag, let value, let isOutside):
      try edit(key(slot), tags: ["k\(tag)": value == 0 ? nil : "value \(value)"], isOutside: isOutside)
    case .finish(let slot, let isOutside): try edit(key(slot), tags: nil, isOutside: isOutside)
    case .syncBuffered:
      try writer().syncBuffered(force: true)
      makeDurable()
    case .rotate:
      try writer().rotate()
      makeDurable()
    case .flush:
      try writer().rotate()
      makeDurable()
      try writer().flush()
      try compareAll()
    case .reopen:
      try closeWriter()
      makeDurable()
      try open()
      if isForgetful { for key in sessions.keys { sessions[key]?.tags = [:] } }
      try compareAll()
    case .kill:
      files?.kill()
      opened = nil
      try open()
      makeDurable()
      try compareAll()
    case .pin, .unpin, .policy, .maintain, .mergeAll, .adoptDictionary, .retireDictionaries, .train:
      try care(operation)
    case .erase, .eraseVisitor, .eraseTag, .eraseProject: try erase(operation)
    case .snapshot: try makeSnapshot()
    case .restore(let moves): try restore(moves: moves)
    case .list(let seed): try list(seed)
    case .read(let slot, let seed): try read(key(slot), seed)
    case .poll(let slot): try poll(key(slot))
    case .readBeside: try readBeside()
    case .verify: try verify(.damage)
    case .compare: try compareAll()
    case .advance(let hours): clock.advance(milliseconds: Double(hours) * 3_600_000)
    case .crash(let after, let fate, let seed): planCrash(after: after, fate: fate, seed: seed)
    case .fault(let after, let kind): plan(fault: kind, after: after)
    }
  }

  /// The journal in use was synced, and all that is before it.
  mutating func makeDurable() {
    for key in sessions.keys { sessions[key]?.makeDurable() }
  }
}
