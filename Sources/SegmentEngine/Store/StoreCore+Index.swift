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
        let found = try locators(of: missing)
        for (facts, locators) in zip(missing, found) { known[facts.id] = locators }
        // Removed by a later commit: with that one it is no longer missing.
        if found.contains(where: { $0 == nil }) { try takeOver(catalog.state) }
      }
    }
  }

  /// The locators of each pack, nil for those that a later commit removed.
  private func locators(of packs: [PackFacts]) throws(StoreError) -> [LocatorTable?] {
    let bytes = packs.reduce(0) { $0 &+ $1.footerBytes }
    return try locators(of: packs, threads: bytes < Self.longIndex ? 1 : configuration.readerThreads)
  }

  /// The same by several threads at once: most of the time goes by while the system finds memory for them.
  func locators(of packs: [PackFacts], threads: Int) throws(StoreError) -> [LocatorTable?] {
    if threads <= 1 || packs.count <= 1 {
      return try packs.map { (facts) throws(StoreError) in try locators(of: facts) }
    }
    let found = Lock([Result<LocatorTable?, StoreError>](repeating: .success(nil), count: packs.count))
    let next = Lock(0)
    let work = { @Sendable [self] in
      while true {
        let place = next.withLock { next in
          defer { next += 1 }
          return next
        }
        guard place < packs.count else { return }
        let read = Result { () throws(StoreError) in try locators(of: packs[place]) }
        found.withLock { $0[place] = read }
      }
    }
    let helpers = (1..<min(threads, packs.count)).map { EngineThread("segment-index-\($0)", work) }
    work()
    for helper in helpers { helper.join() }
    return try found.withLock { $0 }.map { (result) throws(StoreError) in try result.get() }
  }

  /// From so many bytes of locators on more than one thread reads them.
  private static let longIndex: UInt64 = 1 << 20

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

  /// Does what opening leaves for later before anyone asks for it: measures the pressure, reads the index and brings it in
  /// order. What fails, fails for who asks for it.
  func warmUp() {
    if isWriting { try? gauge.measureOnce(self) }
    guard let index = try? index(), index.isLong else { return }
    _ = segments(of: index)
  }
}
