internal import SegmentFiles

extension StoreCore {
  /// The dictionary that blocks of a project are most likely made with, where it would have to be read.
  func unreadDictionary(of project: String) -> DictionaryFacts? {
    contents.withLock { contents in
      guard let id = contents.catalog.dictionaryInForce[project], !dictionaries.isKnown(id) else { return nil }
      return contents.catalog.dictionaries.first { $0.id == id }
    }
  }

  /// The dictionaries of the catalog, by project and version.
  func dictionaryInfos() -> [DictionaryInfo] {
    let state = contents.withLock { $0.catalog }
    return state.dictionaries.sorted { ($0.project, $0.version) < ($1.project, $1.version) }.map { facts in
      let packs = state.packs.filter { $0.dictionaries.contains(facts.id) }
      return DictionaryInfo(
        id: DictionaryID(facts.id), project: facts.project, version: facts.version,
        created: Timestamp(millisecondsSince1970: facts.created), sha256: facts.sha256.hexadecimal,
        contentBytes: facts.contentBytes, fileBytes: 2 * facts.fileBytes,
        isInForce: state.dictionaryInForce[facts.project] == facts.id, packs: packs.count,
        packBytes: packs.reduce(0) { $0 + $1.fileBytes })
    }
  }
}

extension [UInt8] {
  fileprivate var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
