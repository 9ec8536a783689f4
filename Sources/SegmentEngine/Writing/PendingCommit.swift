/// What waits to be committed, and what became of it.
package enum PendingCommit: Sendable {
  case batch(PreparedBatch)
  case tags(SessionKey, [TagChange])
  case finish(SessionKey)

  var session: SessionKey {
    switch self {
    case .batch(let batch): batch.record.session
    case .tags(let key, _), .finish(let key): key
    }
  }

  var isSynced: Bool {
    if case .batch(let batch) = self { batch.durability == .synced } else { true }
  }

  var isBatch: Bool { if case .batch = self { true } else { false } }

  /// Bytes it takes in a journal, about.
  var bytes: Int {
    if case .batch(let batch) = self { batch.record.sizeBound } else { 1_024 }
  }
}

/// The outcome of one commit.
package typealias CommitOutcome = Result<AppendReceipt, StoreError>
