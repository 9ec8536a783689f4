internal import Logging
internal import SegmentFiles

/// Makes a new store of what can be read of another one, which stays as it is.
///
/// 1. what is left of the catalog is read, else the folders are looked through; 2. every pack, journal and dictionary is read
///    to its last block; 3. it is decided which files are needed, and which may stay as they are; 4. the target's folders are
///    made, dictionaries and lists of what is gone linked or copied, packs that are well likewise; 5. what is left of the
///    others, and all that is in journals, is written into new packs, session by session; 6. the catalog is written.
///
/// Without 6 the target is no store, and may be removed. Memory: some 56 bytes for each segment of the store and 48 for each
/// batch in its journals, the directory of one pack at a time, and one block.
struct SalvageRun {
  let source: Layout
  let target: Layout
  let environment: StoreEnvironment
  let configuration: Configuration
  let control: MaintenanceControl
  private var report = SalvageReport()

  init(
    _ source: Layout, into target: Layout, _ environment: StoreEnvironment, _ configuration: Configuration,
    _ control: MaintenanceControl
  ) {
    self.source = source
    self.target = target
    self.environment = environment
    self.configuration = configuration
    self.control = control
  }

  private var files: any FileSystem { environment.files }

  /// With `isDryRun` nothing is written.
  mutating func run(isDryRun: Bool) throws(StoreError) -> SalvageReport {
    if try inStore(target, { () throws(FileError) in try files.facts(at: target.root) }) != nil {
      throw StoreError(
        .invalidArgument, "\(target.root) is there already; give a folder that is not",
        location: .init(file: target.root))
    }
    let found = try SalvageSource(environment, source)
    report.catalog = found.catalog.condition
    if let problem = found.catalog.problem { lose(catalog: problem, found) }
    let dictionaries = try SalvageDictionaries(
      found.catalog.state?.dictionaries ?? [], searching: !found.isWhole, environment, source)
    for problem in dictionaries.problems { report.notes.append(problem.salvageText) }
    let store = found.catalog.state?.store ?? Self.mostFrequent(found) ?? environment.newIdentifier()
    var survey = SalvageSurvey(found, dictionaries, store, control)
    try survey.run()
    let choice = SalvageChoice(survey.marks, ranks: survey.ranks, isComplete: found.isWhole)
    settle(survey, choice)
    if !isDryRun { try build(found, dictionaries, survey, choice, store) }
    report.losses.sort { ($0.file, $0.offset ?? 0) < ($1.file, $1.offset ?? 0) }
    return report
  }

  /// What the catalog alone knew.
  private mutating func lose(catalog problem: (text: String, offset: UInt64?), _ found: SalvageSource) {
    let what =
      found.catalog.condition == .gone
      ? "pins, holds, the policy, tombstones of erased sessions, lists of sessions that were let go, edits that were not yet in a journal, receipts, totals and the key that sampling is under are lost with it"
      : "pins, policy, holds and tags that were set since may be lost"
    report.lose(.init(file: "catalog", offset: problem.offset, reason: "\(problem.text): \(what)"))
  }

  /// The store that most files say they are of.
  private static func mostFrequent(_ found: SalvageSource) -> Identifier? {
    var counts: [Identifier: Int] = [:]
    for id in found.packs.compactMap(\.store) + found.journals.compactMap(\.store) { counts[id, default: 0] += 1 }
    return counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
  }

  /// What is lost in the end: what no other file has.
  private mutating func settle(_ survey: SalvageSurvey, _ choice: SalvageChoice) {
    report.notes += survey.notes
    report.sessions = choice.sessions
    report.events = choice.events
    report.journals = choice.isNeeded.indices.count { survey.ranks[$0].tier < 2 && choice.isNeeded[$0] }
    report.dictionaries = survey.dictionaries.found.count
    let hasMarks = Set(survey.marks.map(\.source))
    for number in survey.source.packs.indices {
      if !choice.isNeeded[number] {
        if hasMarks.contains(Int32(number)) { report.packsSuperseded += 1 }
      } else if survey.broken[number] != nil || choice.isDisturbed[number] {
        report.packsRewritten += 1
      } else {
        report.packsKept += 1
      }
    }
    for candidate in survey.candidates {
      var loss = candidate.loss
      if let number = candidate.source, !choice.isNeeded[number], hasMarks.contains(Int32(number)),
        candidate.isDetail || (loss.sequences == nil && survey.ranks[number].tier > 0)
      {
        continue
      }
      if let session = loss.session, let sequences = loss.sequences {
        var held = SequenceRanges()
        for mark in choice.marks(of: KeyHash.of(session)) { held.insert(mark.range) }
        let missing = held.missing(of: sequences)
        guard let first = missing.first, let last = missing.last else { continue }
        loss.sequences = first.lowerBound..<last.upperBound
      }
      report.lose(loss)
    }
    for id in survey.dictionaries.lost.sorted() {
      report.notes.append("dictionary \(id) is gone in both copies; blocks that need it are lost")
    }
  }

  // MARK: The new store

  private mutating func build(
    _ found: SalvageSource, _ dictionaries: SalvageDictionaries, _ survey: SalvageSurvey, _ choice: SalvageChoice,
    _ store: Identifier
  ) throws(StoreError) {
    try StoreAccess.check(target, environment)
    try SnapshotRun.makeFolders(target, environment)
    var copy = FileCopy(files)
    var state = try Self.state(found, store, environment)
    state.dictionaries = dictionaries.found.values.map(\.facts).filter { !$0.project.isEmpty }
      .sorted { ($0.project, $0.version, $0.id) < ($1.project, $1.version, $1.id) }
    if found.catalog.state == nil { Self.number(&state.dictionaries) }
    let named = Set(state.dictionaries.map(\.id))
    state.dictionaryInForce = state.dictionaryInForce.filter { named.contains($0.value) }
    for facts in state.dictionaries { try take(facts, dictionaries.found[facts.id]?.isWell ?? [], &copy) }
    try takeGone(&state, &copy)
    state.packs = []
    for number in found.packs.indices
    where choice.isNeeded[number] && survey.broken[number] == nil && !choice.isDisturbed[number] {
      let facts = survey.facts[number]
      try inTarget { () throws(FileError) in try copy.share(source.pack(facts.id), as: target.pack(facts.id)) }
      try state.apply(.addPack(facts))
    }
    let writer = SalvageWriter(environment, target, configuration, store: store, dictionaries)
    do throws(StoreError) {
      var sweep = try SalvageSweep(survey, choice)
      while let (session, parts) = try sweep.next() {
        try control.check()
        let hash = KeyHash.of(session)
        let fixed = choice.marks(of: hash).filter { !sweep.isRewritten(Int($0.source)) }
        try writer.write(
          session, parts, SalvagePlan.divide(parts, ranks: survey.ranks, fixed: fixed[...]))
      }
      try writer.finish()
    } catch {
      writer.abandon()
      throw error
    }
    for failure in writer.failures {
      report.lose(
        .init(
          file: failure.location?.file ?? "", offset: failure.location?.offset, length: failure.location?.length,
          session: failure.location?.session, reason: failure.salvageText))
    }
    for facts in writer.made { try state.apply(.addPack(facts)) }
    report.packsWritten = writer.made.count
    state.journals = []
    state.nextEpoch = max(state.nextEpoch, survey.highestEpoch) + 1
    state.nextOrdinal = max(state.nextOrdinal, survey.highestOrdinal) + 1
    state.commit = max(state.commit, survey.applied) + 1
    try state.apply(.applied(survey.applied))
    // Nothing is left in journals, erased or not.
    state.erasureApplied = state.commit
    try inTarget { () throws(FileError) in
      for folder in target.folders { try files.syncDirectory(folder) }
    }
    try Catalog.writeCopy(state, environment, target)
    report.bytesLinked = copy.linked
    report.bytesWritten = copy.copied + writer.made.reduce(0) { $0 + $1.fileBytes }
  }

  private func inTarget<T>(_ body: () throws(FileError) -> T) throws(StoreError) -> T { try inStore(target, body) }

  /// The state of the catalog as far as it is known, without what is of the old place alone.
  private static func state(
    _ found: SalvageSource, _ store: Identifier, _ environment: StoreEnvironment
  ) throws(StoreError) -> CatalogState {
    var state: CatalogState
    if let known = found.catalog.state {
      state = known
    } else {
      state = CatalogState(store: store)
      try state.apply(
        .store(
          created: environment.clock.now(), samplingSalt: environment.newIdentifier(),
          erasureKey: environment.newIdentifier()))
    }
    state.generation += 1
    state.destructions = []
    state.snapshots = []
    state.snapshotTime = 0
    state.flushRequest = 0
    return state
  }

  /// Versions of dictionaries that nothing tells: one after the other, by project.
  private static func number(_ dictionaries: inout [DictionaryFacts]) {
    var versions: [String: UInt64] = [:]
    for index in dictionaries.indices {
      versions[dictionaries[index].project, default: 0] += 1
      dictionaries[index].version = versions[dictionaries[index].project] ?? 1
    }
  }

  private func take(_ facts: DictionaryFacts, _ isWell: [Bool], _ copy: inout FileCopy) throws(StoreError) {
    var shared = copy
    try inTarget { () throws(FileError) in
      for place in 0..<2 {
        let name = target.dictionary(facts.id, copy: place)
        if isWell.indices.contains(place), isWell[place] {
          try shared.share(source.dictionary(facts.id, copy: place), as: name)
        } else {
          // Two copies again, each in blocks of its own.
          try shared.copy(source.dictionary(facts.id, copy: 1 - place), as: name, count: facts.fileBytes)
        }
      }
    }
    copy = shared
  }

  /// Lists of sessions that were let go count where the catalog names them.
  private mutating func takeGone(_ state: inout CatalogState, _ copy: inout FileCopy) throws(StoreError) {
    var kept: [GoneFacts] = []
    for facts in state.gone {
      do throws(StoreError) {
        _ = try GoneList.read(facts, store: state.store, environment, source)
      } catch {
        guard error.isLoss else { throw error }
        report.lose(
          .init(
            file: source.relative(source.gone(facts.id)), offset: error.location?.offset,
            reason: "\(error.salvageText): late batches of \(facts.entries) sessions that were let go begin them anew"))
        continue
      }
      do throws(FileError) { try copy.share(source.gone(facts.id), as: target.gone(facts.id)) } catch {
        throw StoreError(error, in: target)
      }
      kept.append(facts)
    }
    state.gone = kept
  }
}
