import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// The steps that look after the store.
extension ScriptedLife {
  /// Leaves out what is of one project, keeps another's for a day, has no room for a third's, and keeps the rest for a long
  /// time.
  mutating func setPolicy(_ writer: StoreWriter) throws {
    oracle.sessions[Self.dropped, default: .init()].mayBeGone = true
    let policy = Policy(
      rules: [
        .init(name: "dropped", when: .init(projects: [Self.dropped.project]), keep: 0),
        .init(name: "passing", when: .init(projects: [Self.passing.project]), keep: 1, retention: .days(1)),
      ],
      otherwise: .init(name: "default", keep: 1, retention: .days(3_000)),
      projectBudgets: [Self.crowded.project: 1], freeBytes: 0)
    _ = try PolicyInstallation(core: writer.core).install(policy)
  }

  /// A pin is a commit to the catalog and nothing else.
  func pin(_ writer: StoreWriter, _ key: SessionKey) throws {
    if mayBeGone(key) { return }
    writer.core.settle(try writer.core.catalog.commit { _ in [.pin(Pin(session: key, until: 0))] })
  }

  func unpin(_ writer: StoreWriter, _ key: SessionKey) throws {
    if mayBeGone(key) { return }
    writer.core.settle(
      try writer.core.catalog.commit { $0.pins[key] == nil ? [] : [.unpin(key)] })
  }

  /// Erases a session in the writing process.
  mutating func erase(_ writer: StoreWriter) throws {
    oracle.sessions[Self.erased, default: .init()].mayBeGone = true
    var eraser = Eraser(writer.core, writer: writer, MaintenanceControl())
    let receipt: ErasureReceipt
    do throws(StoreError) { receipt = try eraser.run(.session(Self.erased)) } catch {
      if error.code == .notFound { return }
      throw error
    }
    oracle.sessions[Self.erased]?.isErased = true
    hasErasedInCopies = !receipt.limits.contains { $0.contains("snapshot") }
  }

  /// After some days packs whose day has come go, and what a budget has no room for.
  mutating func expire(_ writer: StoreWriter, after days: Double = 0) throws {
    store.clock.advance(milliseconds: days * 86_400_000)
    let leaving = [Self.passing, Self.crowded]
    for key in leaving { oracle.sessions[key]?.mayBeGone = true }
    _ = try Maintenance(writer.core).run([.expiry, .erasure, .budget], isForced: true, MaintenanceControl())
    for key in leaving where oracle.sessions[key] != nil {
      // What is gone once stays gone.
      if try writer.core.exported(key).bytes.isEmpty { oracle.sessions[key]?.isErased = true }
    }
  }

  /// A dictionary for a project, made of one of its pages.
  func adoptDictionary(_ writer: StoreWriter, _ project: String) throws {
    _ = try DictionaryCare(core: writer.core).adopt(
      Self.events(5, number: 3), TrainingRecord(project: project, time: store.clock.now(), rawBytes: 1, recentRatio: 0))
  }

  /// All recent packs put together, their blocks copied.
  func merge(_ writer: StoreWriter) throws {
    let maintenance = Maintenance(writer.core)
    try maintenance.exclusively { () throws(StoreError) in
      let packs = writer.core.contents.withLock { $0.catalog.packs.filter { $0.tier == .recent } }
      if packs.isEmpty { return }
      _ = try maintenance.compactor.rewrite(packs, .merge, MaintenanceControl()) { (_, _) throws(StoreError) in
        .copied(to: Placement(tier: .recent))
      }
    }
  }

  /// Everything that is over goes to the archive.
  func promote(_ writer: StoreWriter) throws {
    store.clock.advance(milliseconds: PromotionRule.idle)
    _ = try Maintenance(writer.core).run([.promotion, .merge], MaintenanceControl())
  }

  /// The same by another process, while this one goes on to write.
  mutating func compactBeside(_ writer: StoreWriter) throws {
    store.clock.advance(milliseconds: PromotionRule.idle)
    compactions += 1
    let other = try store.openReader(1_000 + compactions)
    _ = try Maintenance(other).run([.promotion, .merge, .dictionaries], MaintenanceControl())
    try append(writer, [(Self.second, 2)])
  }

  /// What uses dictionaries is compressed anew without, and they are destroyed.
  func retireDictionaries(_ writer: StoreWriter) throws {
    let maintenance = Maintenance(writer.core)
    try maintenance.exclusively { () throws(StoreError) in
      for facts in writer.core.catalog.state.dictionaries {
        _ = try maintenance.compactor.retire(facts.id, MaintenanceControl())
      }
    }
  }
}
