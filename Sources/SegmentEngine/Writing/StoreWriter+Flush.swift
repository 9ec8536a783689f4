internal import Logging
internal import SegmentFiles

extension StoreWriter {
  /// Turns sealed journals into recent packs until none is left. Returns how many packs it made.
  ///
  /// For each pack: 1. it is written, synced and installed; 2. one commit names it and drops its journals, after checking
  /// that they are still there; 3. readers find the sessions in the pack instead of the journals, in one step; 4. the
  /// journals are unlinked. A crash before 2 leaves an orphan pack, one after 2 orphan journals.
  @discardableResult
  package func flush() throws(StoreError) -> Int {
    try flushing.withLock { (_) throws(StoreError) in
      var made = 0
      while true {
        // Before anything is read of journals that are to go: what is erased must not be unlinked with its bytes.
        try eraseFromJournals()
        do throws(StoreError) {
          guard try flushOnce() else { return made }
          made += 1
        } catch {
          // Something of it was erased meanwhile: it is done again without.
          guard error.code == .sessionErased else { throw error }
        }
      }
    }
  }

  /// Sealed journals that wait to be flushed.
  package var waitingJournals: Int {
    core.contents.withLock { $0.catalog.journals.count { $0.sealedEnd != nil } }
  }

  /// Whether sealed journals should be flushed now: they are large or old enough, or many. Journals that were sealed by
  /// closing wait like the one in use, so that a process that is often restarted does not make a pack each time.
  package var isFlushDue: Bool {
    core.contents.withLock { contents in
      let sealed = contents.catalog.journals.filter { $0.sealedEnd != nil }
      guard let oldest = sealed.map(\.created).min() else { return false }
      let bytes = sealed.reduce(0) { $0 + ($1.sealedEnd ?? 0) }
      return bytes >= UInt64(configuration.journalBytes) || sealed.count > configuration.limits.waitingJournals / 2
        || environment.clock.now() - oldest >= configuration.journalSeconds * 1_000
    }
  }

  private func flushOnce() throws(StoreError) -> Bool {
    try core.refreshCatalog()
    let sealed = chooseJournals()
    guard !sealed.isEmpty else { return false }
    let ordinals = Set(sealed.map(\.ordinal))
    let (inputs, files) = core.contents.withLock { contents in
      var inputs: [Flush.Input] = []
      for (key, session) in contents.live.sessions {
        let parts = session.parts.filter { ordinals.contains($0.ordinal) }
        if contents.catalog.isErased(key) { continue }
        guard !parts.isEmpty else { continue }
        inputs.append(
          Flush.Input(
            key: key, visitor: session.visitor, nextSequence: session.nextSequence, windows: Array(session.windows),
            parts: parts))
      }
      return (inputs, contents.journals)
    }
    let flush = Flush(
      environment: environment, layout: layout, configuration: configuration,
      store: core.catalog.state.store, journals: files,
      dictionary: { [core] project throws(StoreError) in try core.dictionaryInForce(project) })
    let output = try flush.run(inputs)
    let isDamaged = !(output?.damages.isEmpty ?? true)
    for journal in sealed where isDamaged || journal.isDamaged { try keepAside(journal) }
    let applied = core.contents.withLock { $0.live.appliedCommit }
    let after: CatalogState
    do {
      after = try core.catalog.commit { catalog throws(StoreError) in
        let named = Set(catalog.journals.map(\.id))
        guard sealed.allSatisfy({ named.contains($0.id) }) else {
          throw StoreError(.conflict, "a journal was removed while it was flushed", isRetryable: true)
        }
        // The journals may hold something of what was erased since: that is overwritten before they go.
        guard catalog.tombstones.values.allSatisfy({ $0.commit <= catalog.erasureApplied }) else {
          throw StoreError(.sessionErased, "a session was erased while journals were flushed", isRetryable: true)
        }
        var edits: [CatalogEdit] = []
        if let output { edits.append(.addPack(output.facts)) }
        edits += sealed.map { .removeJournal($0.id) }
        if applied > catalog.applied { edits.append(.applied(applied)) }
        return edits
      }
    } catch {
      // Certain not to be in the catalog only where the disk was full or the commit did not hold.
      if let output, error.code == .diskFull || error.code == .conflict || error.code == .sessionErased {
        core.discard(layout.pack(output.facts.id))
      }
      throw error
    }
    core.settle(after, own: output.map { [($0.facts, $0.locators)] } ?? [])
    for damage in output?.damages ?? [] {
      core.metrics.countDamages(1)
      core.logger?.error("events could not be flushed", metadata: ["error": "\(damage)"])
    }
    try inStore(layout) { () throws(FileError) in
      for journal in sealed { try environment.files.unlink(layout.journal(journal.id)) }
    }
    if let output {
      core.metrics.countFlush()
      core.logger?.debug(
        "flushed",
        metadata: [
          "pack": "\(output.facts.id)", "segments": "\(output.facts.segments)",
          "rawBytes": "\(output.facts.rawBytes)", "storedBytes": "\(output.facts.storedBytes)",
        ])
    }
    let idle = environment.clock.now() - Self.idleMilliseconds
    core.contents.withLock { $0.live.forgetIdle(since: idle) }
    return true
  }

  /// How long a session without anything in a journal stays known, so that its next batch need not be looked up.
  static var idleMilliseconds: Double { 30 * 60 * 1_000 }

  /// The oldest sealed journals, as many as make at most one pack.
  private func chooseJournals() -> [JournalFacts] {
    core.contents.withLock { contents in
      var chosen: [JournalFacts] = []
      var bytes: UInt64 = 0
      for journal in contents.catalog.journals {
        guard let end = journal.sealedEnd else { continue }
        if !chosen.isEmpty, bytes + end > UInt64(configuration.packBytes) { break }
        bytes += end
        chosen.append(journal)
      }
      return chosen
    }
  }

  /// Gives a journal with damage a second name, under which it stays for salvage when the first one goes.
  private func keepAside(_ journal: JournalFacts) throws(StoreError) {
    let files = environment.files
    try inStore(layout) { () throws(FileError) in
      do throws(FileError) {
        try files.link(layout.journal(journal.id), as: layout.damagedJournal(journal.id))
      } catch  where error.errno == ErrorNumber.exists {
        // From an attempt before.
      }
      try files.syncDirectory(layout.damaged)
    }
  }
}
