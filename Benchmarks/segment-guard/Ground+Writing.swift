import SegmentEngine

// MARK: Writing

extension Ground {
  private static let groupSize = 16

  /// A store that is there for this run alone.
  private func fresh(_ number: Int) throws -> StoreWriter {
    try StoreWriter.open(Layout(root: "\(folder)/written-\(number)"), .quiet, .steady(100 + UInt64(number)))
  }

  func preparing() -> (Int) throws -> Int {
    { _ in
      var batches = 0
      for sample in samples {
        for batch in sample.batches {
          consume(
            try GuardStore.prepare(batch.bytes, GuardStore.key(sample), window: batch.window).batch.rejected.count)
          batches += 1
        }
      }
      return batches
    }
  }

  /// Groups of 16 batches of as many sessions.
  func committing() throws -> (Int) throws -> Int {
    let writer = try fresh(0)
    var groups: [[GuardStore.Ready]] = []
    for sample in samples {
      for (place, batch) in sample.batches.enumerated() {
        if groups.last?.count ?? Self.groupSize == Self.groupSize { groups.append([]) }
        let key = SessionKey(project: "p", id: "\(sample.name)-\(place % Self.groupSize)")
        groups[groups.count - 1].append(try GuardStore.prepare(batch.bytes, key, window: batch.window))
      }
    }
    return { _ in
      for group in groups { try GuardStore.commit(group, writer) }
      return groups.reduce(0) { $0 + $1.count }
    }
  }

  /// A journal with the recordings becomes a pack.
  func flushing(_ most: Int) throws -> (Int) throws -> Int {
    let writers = try (0..<most).map { number in
      let writer = try fresh(number)
      for sample in samples {
        for batch in sample.batches {
          try GuardStore.commit(
            [try GuardStore.prepare(batch.bytes, GuardStore.key(sample), window: batch.window)], writer)
        }
      }
      try writer.rotate()
      return writer
    }
    return { turn in
      guard try writers[turn].flush() == 1 else { throw GuardError("nothing was flushed") }
      return kibibytes
    }
  }

  /// 50 commits of one edit each.
  func committingToCatalog() throws -> (Int) throws -> Int {
    let catalog = try fresh(0).core.catalog
    return { turn in
      for number in 0..<50 {
        let key = SessionKey(project: "p", id: "session-\(turn % 2)-\(number)")
        try catalog.commit { _ in [.hold(key, 20_000 + UInt32(number))] }
      }
      return 50
    }
  }
}
