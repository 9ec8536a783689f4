internal import SegmentFiles

extension StoreWriter {
  /// Whether the catalog names erasures that the journals do not know yet.
  var hasErasures: Bool {
    core.contents.withLock { contents in
      contents.catalog.tombstones.values.contains { $0.commit > contents.catalog.erasureApplied }
    }
  }

  /// Takes what was erased out of the journals. Waits for a flush that is under way.
  func applyErasures() throws(StoreError) {
    try flushing.withLock { (_) throws(StoreError) in try eraseFromJournals() }
  }

  /// The same with the flush held back. Only the process that writes touches journals:
  ///
  /// 1. the tombstones are known to this process, and groups that began before they were are through: from here on nothing
  ///    more of these sessions is written; 2. all journals, those kept aside and those left behind too, are searched;
  /// 3. a commit names the records; 4. they are overwritten and synced, and the live sessions forget them; 5. another
  ///    commit says that it is done.
  func eraseFromJournals() throws(StoreError) {
    try core.refreshCatalog()
    let state = core.contents.withLock { $0.catalog }
    let newest = state.tombstones.values.map(\.commit).max() ?? 0
    guard newest > state.erasureApplied else { return }
    let active = self.state.withLock { state in state.journal.map { ($0.header.id, $0.end) } }
    var destruction = Destruction(id: environment.newIdentifier(), reason: .erasure)
    for isKeptAside in [false, true] {
      let folder = isKeptAside ? layout.damaged : layout.journals
      for name in try inStore(layout, { () throws(FileError) in try environment.files.list(folder) }) {
        guard name.hasSuffix(".journal"), let id = Identifier(name.dropLast(8)) else { continue }
        let end = active.flatMap { $0.0 == id && !isKeptAside ? $0.1 : nil }
        let records = try erasedRecords(in: "\(folder)/\(name)", id, end: end, state)
        if !records.isEmpty {
          destruction.journals.append(.init(journal: id, isKeptAside: isKeptAside, records: records))
        }
      }
    }
    if !destruction.journals.isEmpty {
      let named = destruction
      core.settle(try core.catalog.commit(.freeing) { _ in [.destroy(named)] })
      _ = try core.carryOut(named)
    }
    core.contents.withLock { contents in contents.live.remove { state.isErased($0) } }
    core.settle(try core.catalog.commit(.freeing) { now in now.erasureApplied < newest ? [.erasureApplied(newest)] : [] })
  }

  /// The records of erased sessions in a journal, up to `end` or the end of the file. One that is gone has none.
  private func erasedRecords(
    in path: String, _ id: Identifier, end: UInt64?, _ state: CatalogState
  ) throws(StoreError) -> [Destruction.Record] {
    var found: [Destruction.Record] = []
    do throws(FileError) {
      let file = try environment.files.open(path, .read)
      let size = try file.facts().size
      var scan = try JournalScan(file, id: id)
      try scan.run(trust: .sealed(end: end ?? size), checkingPayloads: false) { record in
        if case .erased = record.head.details { return }
        guard state.isErased(record.head.session) else { return }
        found.append(
          .init(offset: record.head.offset, size: record.head.size, appliedCommit: record.head.appliedCommit))
      }
    } catch {
      if error.errno == ErrorNumber.notFound { return [] }
      throw StoreError(error, in: layout)
    }
    return found
  }
}
