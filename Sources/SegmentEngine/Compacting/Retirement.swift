internal import SegmentFiles

extension Compactor {
  /// Gives up a dictionary: everything that uses it is compressed anew, then it is destroyed.
  ///
  /// 1. one commit takes it out of force; 2. pack by pack, sessions that use it are compressed anew with what is in force
  /// now (or nothing), the others copied; 3. one commit drops it; 4. both files are overwritten with zeros, synced and
  /// unlinked. Interrupted before 3 it can be done again from where it was; after it, what is left of the files are
  /// orphans, which the next writer unlinks as they are.
  func retire(
    _ id: Identifier, _ control: MaintenanceControl
  ) throws(StoreError) -> [MaintenanceReport.Rewrite] {
    guard let facts = core.catalog.state.dictionaries.first(where: { $0.id == id }) else {
      throw StoreError(.notFound, "dictionary \(id) is not in the catalog")
    }
    core.settle(
      try core.catalog.commit { state in
        state.dictionaryInForce[facts.project] == id ? [.useDictionary(project: facts.project, nil)] : []
      })
    var rewrites: [MaintenanceReport.Rewrite] = []
    while true {
      // Journals may be flushed with it until the commit above is known to the writer: look again each time.
      try core.refreshCatalog()
      let naming = core.contents.withLock { $0.catalog.packs.first { $0.dictionaries.contains(id) } }
      guard let pack = naming else {
        // Not where a flush has just made one more pack that names it.
        var isNamed = false
        let after = try core.catalog.commit { state in
          isNamed = state.packs.contains { $0.dictionaries.contains(id) }
          return !isNamed && state.dictionaries.contains { $0.id == id } ? [.removeDictionary(id)] : []
        }
        core.settle(after)
        if isNamed { continue }
        break
      }
      let placement = Placement(pack)
      rewrites.append(
        try rewrite([pack], .retirement, control) { (_, parts) throws(StoreError) in
          guard let entry = parts.first(where: { $0.entry.dictionaries.contains(id) })?.entry else {
            return .copied(to: placement)
          }
          return .recoded(to: placement, rule: entry.rule, rate: entry.rate)
        })
    }
    core.dictionaries.forget(id)
    try DictionaryFile.destroy(facts, core.environment, core.layout)
    return rewrites
  }
}
