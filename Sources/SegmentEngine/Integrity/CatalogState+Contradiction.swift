extension CatalogState {
  /// What the catalog says against itself; nil where nothing is.
  var contradiction: String? {
    let commits = [applied, erasureApplied] + tombstones.values.map(\.commit) + sessionEdits.map(\.commit)
    if commits.contains(where: { $0 > commit }) { return "the catalog names a commit that never was" }
    if (journals.map(\.ordinal) + packs.map(\.lastOrdinal)).contains(where: { $0 >= nextOrdinal }) {
      return "the next journal's ordinal is in use already"
    }
    if journals.contains(where: { $0.epoch > nextEpoch }) { return "the next journal's epoch is an old one" }
    return nil
  }
}
