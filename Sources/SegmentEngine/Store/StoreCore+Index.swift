internal import SegmentFiles

extension StoreCore {
  /// Runs `body` under the lock of `contents`, with the index of the packs; who is the first to need it reads it.
  func indexed<Result: Sendable>(
    _ body: (inout Contents, SegmentIndex) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    while true {
      let result = try contents.withLock { (contents) throws(StoreError) -> Result? in
        guard let index = contents.index else { return nil }
        return try body(&contents, index)
      }
      if let result { return result }
      try readIndex()
    }
  }

  /// The segments of all packs, as they are now.
  func index() throws(StoreError) -> SegmentIndex { try indexed { _, index in index } }

  /// Reads the locators of all packs, if that was not done yet: 24 bytes a segment. Opening does not wait for it.
  package func readIndex() throws(StoreError) {
    try indexing.withLock { (_) throws(StoreError) in
      var known: [Identifier: LocatorTable] = [:]
      while let missing = missing(known), !missing.isEmpty {
        for facts in missing {
          if let found = try locators(of: facts) {
            known[facts.id] = found
          } else {
            // Removed by a later commit: with that one it is no longer missing.
            try takeOver(catalog.state)
          }
        }
      }
    }
  }

  /// The packs whose locators are not among those; with none missing, the index is put in place. Nil where it is there.
  private func missing(_ known: [Identifier: LocatorTable]) -> [PackFacts]? {
    contents.withLock { contents in
      if contents.index != nil { return nil }
      var packs: [(facts: PackFacts, locators: LocatorTable)] = []
      var missing: [PackFacts] = []
      for facts in contents.catalog.packs {
        if let locators = known[facts.id] { packs.append((facts, locators)) } else { missing.append(facts) }
      }
      if missing.isEmpty { contents.index = SegmentIndex(packs) }
      return missing
    }
  }

  /// Reads the index before anyone asks for it, and brings it in order. What fails, fails for who asks for it.
  func warmUp() {
    guard let index = try? index(), index.isLong else { return }
    _ = segments(of: index)
  }
}
