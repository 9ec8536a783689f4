internal import SegmentCodecs
internal import SegmentFiles

/// Puts what is in some packs into others: merging, promotion and re-encoding are this, with different fates.
///
/// 1. the packs are gone through side by side; each session's segments are joined and written where their fate says, into
///    packs of that placement, sorted like all packs;
/// 2. these are synced and installed, and hold as many events as the old ones, or nothing more is done;
/// 3. one commit names them and drops the old ones, after checking that those are still named;
/// 4. the process's own view changes in one step; the old files are unlinked.
///
/// A crash before 3 leaves orphans of the new packs, one after it of the old. Memory: one entry a pack, one session's
/// entries, one block of either tier, and the directories of the packs being written.
final class PackRewrite {
  struct Result {
    var made: [PackFacts] = []
    var sessions = 0
    var recoded = 0
    var dropped = 0
  }

  /// What else is to hold of a rewrite, and to be committed with it.
  struct Companion {
    /// Asked for once all packs are written.
    var edits: () throws(StoreError) -> [CatalogEdit] = { () throws(StoreError) in [] }
    /// Throws `.conflict` where the state is no longer what the fates were decided on.
    var check: (CatalogState) throws(StoreError) -> Void = { (_) throws(StoreError) in }
    /// The commit did not hold: what `edits` made is taken back.
    var undo: () -> Void = {}
  }

  private let core: StoreCore
  private let control: MaintenanceControl
  private let inputs: [PackFacts]
  private let copier: SegmentCopier
  private var encoders: [PackFacts.Tier: BlockEncoder] = [:]
  private var writers: [Placement: PackWriter] = [:]
  private var finished: [(facts: PackFacts, locators: LocatorTable)] = []
  private var result = Result()
  /// Events that were found in the packs, and their NDJSON in bytes.
  private var found: (events: UInt64, rawBytes: UInt64) = (0, 0)

  init(_ core: StoreCore, _ inputs: [PackFacts], _ control: MaintenanceControl) {
    self.core = core
    self.inputs = inputs
    self.control = control
    copier = SegmentCopier(core: core, control: control)
  }

  /// Does it. `fate` decides session by session.
  ///
  /// Throws `.damaged`, naming the file, where something of the packs cannot be read; `.conflict` where another process
  /// changed what this began from; `.cancelled`; `.diskFull`. In each case the store stays as it was.
  func run(
    _ companion: Companion = Companion(),
    _ fate: (_ key: SessionKey, _ parts: [PackedPart]) throws(StoreError) -> SegmentFate
  ) throws(StoreError) -> Result {
    var isCommitted = false
    do throws(StoreError) {
      var packs: [PackFile] = []
      for facts in inputs { packs.append(try core.packs.pack(facts)) }
      var sweep = try PackSweep(packs)
      while let session = try sweep.next() {
        try control.check()
        result.sessions += 1
        let fate = try fate(session.key, session.parts)
        if fate == .dropped {
          result.dropped += 1
          continue
        }
        for block in session.parts.lazy.flatMap(\.entry.blocks) {
          found.events += UInt64(block.events)
          found.rawBytes += UInt64(block.raw)
        }
        for join in SegmentJoin.runs(of: session.parts) { try write(join, fate) }
      }
      for placement in writers.keys.sorted(by: Self.isBefore) { try finish(placement) }
      try checkCompleteness()
      try commit(companion, &isCommitted)
    } catch {
      let mayHoldErased = !core.catalog.state.tombstones.isEmpty
      for writer in writers.values { writer.abandon(overwriting: mayHoldErased) }
      // Certain not to be in the catalog: nothing was committed, or the commit did not hold.
      if !isCommitted || error.code == .diskFull || error.code == .conflict {
        for pack in finished { core.discard(core.layout.pack(pack.facts.id)) }
        companion.undo()
      }
      throw explained(error)
    }
    return result
  }

  private func write(_ join: SegmentJoin, _ fate: SegmentFate) throws(StoreError) {
    switch fate {
    case .dropped: break
    case .copied(let placement):
      let writer = try writer(for: placement)
      let dictionaries = join.dictionaries
      writer.beginSegment(join.header(dictionaries: dictionaries))
      try copier.write(join, to: writer)
      // What was decided once stays written.
      let decided = join.parts.last { !$0.entry.rule.isEmpty }?.entry
      let entry = join.entry(dictionaries: dictionaries, rule: decided?.rule ?? "", rate: decided?.rate ?? 1)
      try inStore(core.layout) { () throws(FileError) in try writer.endSegment(entry) }
    case .recoded(let placement, let rule, let rate):
      result.recoded += 1
      let writer = try writer(for: placement)
      let inForce = try core.dictionaryInForce(join.parts[0].entry.session.project)
      let dictionaries = inForce.map { [$0.0] } ?? []
      writer.beginSegment(join.header(dictionaries: dictionaries))
      try SegmentRecoder(core: core, encoder: encoder(placement.tier), control: control)
        .write(join, inForce?.1, to: writer)
      let entry = join.entry(dictionaries: dictionaries, rule: rule, rate: rate)
      try inStore(core.layout) { () throws(FileError) in try writer.endSegment(entry) }
    }
  }

  private func encoder(_ tier: PackFacts.Tier) throws(StoreError) -> BlockEncoder {
    if let encoder = encoders[tier] { return encoder }
    let encoder = try BlockEncoder(tier, core.configuration)
    encoders[tier] = encoder
    return encoder
  }

  /// The pack being written for a placement; another one where that has reached its size.
  private func writer(for placement: Placement) throws(StoreError) -> PackWriter {
    if let writer = writers[placement] {
      if writer.length < UInt64(core.configuration.packBytes) { return writer }
      try finish(placement)
    }
    let header = PackHeader(
      tier: placement.tier, expiryDay: placement.expiryDay, store: core.catalog.state.store,
      id: core.environment.newIdentifier(), created: core.environment.clock.now(), className: placement.className)
    let writer = try inStore(core.layout) { () throws(FileError) in
      try PackWriter(header, core.environment, core.layout)
    }
    writers[placement] = writer
    return writer
  }

  private func finish(_ placement: Placement) throws(StoreError) {
    guard let writer = writers[placement] else { return }
    let done = try inStore(core.layout) { () throws(FileError) in try writer.finish() }
    writers[placement] = nil
    finished.append(done)
    result.made.append(done.facts)
  }

  /// The old packs go only where all that was in them is in the new ones.
  private func checkCompleteness() throws(StoreError) {
    let events = result.made.reduce(0) { $0 + $1.events }
    let rawBytes = result.made.reduce(0) { $0 + $1.rawBytes }
    guard events == found.events, rawBytes == found.rawBytes else {
      throw StoreError(
        .ioFailed,
        "\(found.events) events of \(found.rawBytes) bytes were rewritten as \(events) of \(rawBytes); the packs stay as they are"
      )
    }
  }

  private func commit(_ companion: Companion, _ isCommitted: inout Bool) throws(StoreError) {
    let finished = self.finished
    let edits = try companion.edits()
    isCommitted = true
    let after = try core.catalog.commit { state throws(StoreError) in
      try checkInputs(state)
      try companion.check(state)
      return finished.map { .addPack($0.facts) } + self.inputs.map { .removePack($0.id) } + edits
    }
    core.settle(after, own: finished)
    core.packs.close(inputs.map(\.id))
    // What cannot be unlinked now is an orphan: the next writer removes it.
    for pack in inputs { try? core.environment.files.unlink(core.layout.pack(pack.id)) }
  }

  /// The packs must be what they were when they were opened: named, and nothing of them erased or about to be.
  private func checkInputs(_ state: CatalogState) throws(StoreError) {
    for pack in inputs {
      guard state.packs.contains(pack), !state.isBeingDestroyed(pack.id) else {
        throw StoreError(.conflict, "a pack was changed or removed while it was rewritten", isRetryable: true)
      }
    }
  }

  /// What looks like damage of a pack that is being erased from is none: it is to be done again.
  private func explained(_ error: StoreError) -> StoreError {
    guard error.code == .damaged || error.code == .notFound else { return error }
    do throws(StoreError) {
      try core.refreshCatalog()
      try checkInputs(core.catalog.state)
      return error
    } catch let other {
      return other.code == .conflict ? other : error
    }
  }

  private static func isBefore(_ a: Placement, _ b: Placement) -> Bool {
    (a.tier.rawValue, a.className, a.expiryDay) < (b.tier.rawValue, b.className, b.expiryDay)
  }
}
