extension CatalogState {
  /// The files that are written once and named here: packs, both copies of dictionaries, lists of what is gone; with how
  /// long each is, in an order that is the same for every folder.
  func writtenOnce(in layout: Layout) -> [(path: String, bytes: UInt64)] {
    packs.map { (layout.pack($0.id), $0.fileBytes) }
      + dictionaries.flatMap { facts in
        (0..<2).map { (layout.dictionary(facts.id, copy: $0), facts.fileBytes) }
      }
      + gone.map { (layout.gone($0.id), GoneList.fileBytes($0.entries)) }
  }

  /// All files of a store's folders that are named here; every other is an orphan.
  func namedFiles(in layout: Layout) -> Set<String> {
    Set(writtenOnce(in: layout).map(\.path) + journals.map { layout.journal($0.id) })
  }
}
