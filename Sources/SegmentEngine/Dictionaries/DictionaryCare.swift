internal import Logging
internal import SegmentFiles

/// Looks after the dictionaries on the disk. Called under the maintenance lock.
struct DictionaryCare {
  let core: StoreCore

  /// Installs a new dictionary in two copies and puts it in force, by one commit.
  func adopt(_ content: [UInt8], _ record: TrainingRecord) throws(StoreError) -> DictionaryFacts {
    let state = core.catalog.state
    let versions = state.dictionaries.filter { $0.project == record.project }.map(\.version)
    let facts = try DictionaryFile.install(
      content, project: record.project, version: (versions.max() ?? 0) + 1, store: state.store, core.environment,
      core.layout)
    do throws(StoreError) {
      let after = try core.catalog.commit { _ in
        [.addDictionary(facts), .useDictionary(project: record.project, facts.id), .trained(record)]
      }
      core.settle(after)
    } catch {
      // Certain not to be in the catalog.
      if error.code == .diskFull || error.code == .conflict {
        DictionaryFile.remove(facts.id, core.environment, core.layout)
      }
      throw error
    }
    return facts
  }

  /// Writes copies that are lost or damaged again from the other one. Returns how many. Where both are gone nothing can be
  /// done: `verify` names the packs that are lost with it. Unless `isThorough` a copy that is there and as long as it
  /// should be is taken to be well.
  func restoreCopies(isThorough: Bool) throws(StoreError) -> Int {
    var restored = 0
    for facts in core.catalog.state.dictionaries {
      for copy in 0..<2 {
        do throws(StoreError) {
          if !isThorough, try DictionaryFile.isThere(facts, copy: copy, core.environment, core.layout) { continue }
          _ = try DictionaryFile.read(facts, copy: copy, core.environment, core.layout)
        } catch {
          guard error.code == .damaged || error.code == .notFound else { throw error }
          guard try DictionaryFile.restore(facts, copy: copy, core.environment, core.layout) else {
            core.logger?.critical(
              "both copies of a dictionary are gone", metadata: ["dictionary": "\(facts.id)", "error": "\(error)"])
            break
          }
          restored += 1
          core.logger?.warning(
            "a copy of a dictionary was written again", metadata: ["dictionary": "\(facts.id)", "error": "\(error)"])
        }
      }
    }
    return restored
  }

  /// Drops dictionaries that no pack names and no project uses any longer: first from the catalog, then from the disk.
  func collect() throws(StoreError) -> [DictionaryID] {
    let unused = Self.unused(core.catalog.state)
    if unused.isEmpty { return [] }
    var dropped: [DictionaryFacts] = []
    let after = try core.catalog.commit { state in
      dropped = Self.unused(state)
      return dropped.map { .removeDictionary($0.id) }
    }
    core.settle(after)
    for facts in dropped { DictionaryFile.remove(facts.id, core.environment, core.layout) }
    return dropped.map { DictionaryID($0.id) }
  }

  static func unused(_ state: CatalogState) -> [DictionaryFacts] {
    let used = Set(state.packs.flatMap(\.dictionaries)).union(state.dictionaryInForce.values)
    return state.dictionaries.filter { !used.contains($0.id) }
  }
}
