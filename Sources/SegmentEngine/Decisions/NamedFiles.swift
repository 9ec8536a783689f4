extension CatalogState {
  /// The files that are written once and named here: packs, both copies of dictionaries, lists of what is gone; with how
  /// long each is, in an order that is the same for every folder.
  func writtenOnce(in layout: Layout) -> [(path: String, bytes: UInt64)] {
    var files: [(path: String, bytes: UInt64)] = []
    forEachWrittenOnce(in: layout) { files.append(($0, $1)) }
    return files
  }

  private func forEachWrittenOnce(in layout: Layout, _ body: (_ path: String, _ bytes: UInt64) -> Void) {
    for facts in packs { body(layout.pack(facts.id), facts.fileBytes) }
    for facts in dictionaries {
      for copy in 0..<2 { body(layout.dictionary(facts.id, copy: copy), facts.fileBytes) }
    }
    for facts in gone { body(layout.gone(facts.id), GoneList.fileBytes(facts.entries)) }
  }

  /// All files of a store's folders that are named here; every other is an orphan.
  func namedFiles(in layout: Layout) -> Set<String> {
    var named = Set<String>()
    forEachWrittenOnce(in: layout) { path, _ in named.insert(path) }
    for facts in journals { named.insert(layout.journal(facts.id)) }
    return named
  }
}
