internal import SegmentFiles

extension SalvageRun {
  /// Makes the target.
  mutating func build(
    _ found: SalvageSource, _ dictionaries: SalvageDictionaries, _ survey: SalvageSurvey, _ choice: SalvageChoice,
    _ store: Identifier
  ) throws(StoreError) {
    try StoreAccess.check(target, environment)
    try SnapshotRun.makeFolders(target, environment)
    var copy = FileCopy(files)
    var state = try Self.state(found, store, environment)
    state.dictionaries = dictionaries.used
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
