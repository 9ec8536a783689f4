import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

extension ModelLife {
  mutating func care(_ operation: ModelOperation) throws {
    switch operation {
    case .pin(let slot, let hours): try pin(key(slot), hours)
    case .unpin(let slot): try unpin(key(slot))
    case .policy(let number): try setPolicy(number)
    case .maintain(let jobs, let isForced, let isBeside): try maintain(jobs, isForced: isForced, isBeside: isBeside)
    case .mergeAll:
      let maintenance = Maintenance(try core())
      try maintenance.exclusively { () throws(StoreError) in
        let packs = maintenance.core.contents.withLock { $0.catalog.packs.filter { $0.tier == .recent } }
        if packs.isEmpty { return }
        _ = try maintenance.compactor.rewrite(packs, .merge, MaintenanceControl()) { (_, _) throws(StoreError) in
          .copied(to: Placement(tier: .recent))
        }
      }
      try compareAll()
    case .adoptDictionary(let project):
      let name = ModelSettings.projects[project]
      let maintenance = Maintenance(try core())
      let time = clock.now()
      let content = (0..<8).map { Sample.mutation(1_700_000_000_000, text: "shared \($0)") }
      try maintenance.exclusively { () throws(StoreError) in
        _ = try DictionaryCare(core: maintenance.core).adopt(
          Sample.batch(content), TrainingRecord(project: name, time: time, rawBytes: 1, recentRatio: 0))
      }
    case .retireDictionaries:
      let maintenance = Maintenance(try core())
      try maintenance.exclusively { () throws(StoreError) in
        for facts in maintenance.core.catalog.state.dictionaries {
          _ = try maintenance.compactor.retire(facts.id, MaintenanceControl())
        }
      }
      guard try core().catalog.state.dictionaries.isEmpty else { throw ModelDifference("dictionaries are left") }
      try compareAll()
    case .train(let project):
      let name = ModelSettings.projects[project]
      let maintenance = Maintenance(try core())
      var options = DictionaryTraining()
      options.isForced = true
      let training = options
      try maintenance.exclusively { () throws(StoreError) in
        _ = try DictionaryTrainingRun(
          core: maintenance.core, project: name, options: training, control: MaintenanceControl()
        ).run()
      }
      try compareAll()
    default: break
    }
  }

  private mutating func pin(_ key: SessionKey, _ hours: Int) throws {
    guard sessions[key]?.exists ?? false else { return }
    let until = hours == 0 ? 0 : clock.now() + Double(hours) * 3_600_000
    sessions[key]?.comingPin = .some(until)
    let core = try core()
    core.settle(try core.catalog.commit { _ in [.pin(Pin(session: key, until: until))] })
    sessions[key]?.settle()
    try compare(key)
  }

  private mutating func unpin(_ key: SessionKey) throws {
    let core = try core()
    guard sessions[key]?.exists ?? false, core.catalog.state.pins[key] != nil else { return }
    sessions[key]?.comingPin = .some(nil)
    core.settle(try core.catalog.commit { _ in [.unpin(key)] })
    sessions[key]?.settle()
    try compare(key)
  }

  private mutating func setPolicy(_ number: Int) throws {
    hasHadBudget = hasHadBudget || number == 4 || number == 5
    shortestDays = min(shortestDays, ModelSettings.shortestDays(number) ?? shortestDays)
    _ = try PolicyInstallation(core: try core()).install(try Policy(json: ModelSettings.policy(number).json))
    policy = number
    guard try adoptedPolicy(try core()) == number else { throw ModelDifference("another policy is in force") }
    try compareAll()
  }

  /// The number of the policy in force.
  func adoptedPolicy(_ core: StoreCore) throws -> Int {
    guard core.catalog.state.policy != nil else { return 0 }
    guard let number = (0..<ModelPlan.policies).first(where: { ModelSettings.policy($0) == core.policy }) else {
      throw ModelDifference("a policy that was never set is in force: \(core.policy.json)")
    }
    return number
  }

  private mutating func maintain(_ jobs: Int, isForced: Bool, isBeside: Bool) throws {
    var chosen: Set<MaintenanceJob> = []
    for (bit, job) in MaintenanceJob.allCases.enumerated() where jobs & (1 << bit) != 0 { chosen.insert(job) }
    for key in sessions.keys {
      let mayGo = mayGo(key, chosen)
      sessions[key]?.mayBeGone = mayGo
    }
    if chosen.contains(.flush) {
      try writer().rotate()
      makeDurable()
      try writer().flush()
    }
    let other = isBeside ? try beside() : try core()
    _ = try Maintenance(other).run(chosen.subtracting([.flush]), isForced: isForced, MaintenanceControl())
    if isBeside { _ = try writer().poll() }
    try compareAll()
  }

  /// Whether the policy may let a session go now.
  private func mayGo(_ key: SessionKey, _ jobs: Set<MaintenanceJob>) -> Bool {
    guard let session = sessions[key], !session.isPinned(at: clock.now()) else { return false }
    if jobs.contains(.promotion), ModelSettings.drops(policy, key.project) { return true }
    if jobs.contains(.budget), ModelSettings.hasBudget(policy, key.project) { return true }
    return session.lastReceived + Double(shortestDays) * Day.milliseconds <= clock.now()
  }

  // MARK: Erasure

  mutating func erase(_ operation: ModelOperation) throws {
    let target: ErasureTarget
    var isBeside = false
    var expected: [SessionKey]
    let there = sessions.values.filter(\.exists)
    switch operation {
    case .erase(let slot, let beside):
      target = .session(key(slot))
      isBeside = beside
      expected = there.map(\.key).filter { $0 == key(slot) }
    case .eraseVisitor(let number):
      target = .visitor("v\(number)")
      // The first that was given counts.
      expected = there.filter { $0.visitor == "v\(number)" }.map(\.key)
    case .eraseTag(let tag, let value):
      target = .tag(key: "k\(tag)", value: "value \(value)")
      expected = there.filter { $0.tags["k\(tag)"] == "value \(value)" }.map(\.key)
    case .eraseProject(let number):
      target = .project(ModelSettings.projects[number])
      expected = there.map(\.key).filter { $0.project == ModelSettings.projects[number] }
    default: return
    }
    // A later part may name another visitor than the session has: it belongs to that one too, as far as is still known.
    let named = there.map(\.key).filter { key in
      guard case .visitor(let visitor, _) = target, !expected.contains(key) else { return false }
      return sessions[key]?.batches.contains { $0.visitor == visitor } ?? false
    }
    for key in expected + named { sessions[key]?.mayBeGone = true }
    let kept = snapshots
    // Erased there too, once it is begun: what becomes of a snapshot whose erasure fails is not followed.
    snapshots = []
    if isBeside {
      try closeWriter()
      makeDurable()
    }
    let core = isBeside ? try beside() : try core()
    var eraser = Eraser(core, writer: isBeside ? nil : try writer(), MaintenanceControl())
    do throws(StoreError) { _ = try eraser.run(target) } catch {
      guard error.code == .notFound, expected.isEmpty else { throw error }
      snapshots = kept
      if isBeside { try open() }
      return try compareAll()
    }
    if isBeside { try open() }
    // A snapshot that could not be reached is left as it is, and named in the receipt.
    if wasHitByFault { return try endErasure(of: expected, named) }
    // What a snapshot knows of later parts may be something else again.
    snapshots = kept.map { $0.without(target, expected) }.filter { Set($0.sessions.keys).isDisjoint(with: named) }
    try endErasure(of: expected, named)
  }

  private mutating func endErasure(of expected: [SessionKey], _ named: [SessionKey]) throws {
    for key in expected {
      guard try isGone(key) else { throw ModelDifference("\(key) is there after its erasure") }
      leave(key, isErased: true)
      let late = ModelText(1, key)
      try refuseErased(late)
    }
    for key in named where try isGone(key) { leave(key, isErased: true) }
    try compareAll()
    try checkTraces()
  }

  /// A batch that comes for a session that was erased.
  private func refuseErased(_ text: ModelText) throws {
    var text = text
    do {
      let outcome = try writer().commit([try prepared(text.batch(1, at: clock.now(), isNamed: true), text.key)])[0]
      _ = try outcome.get()
      throw ModelDifference("\(text.key) was erased, and a batch of it was taken")
    } catch let error as StoreError {
      guard error.code == .sessionErased else { throw error }
    }
  }
}
