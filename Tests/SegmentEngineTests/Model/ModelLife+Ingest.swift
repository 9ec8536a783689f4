import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

extension ModelLife {
  func prepared(
    _ batch: ModelBatch, _ key: SessionKey, isSynced: Bool = true, validation: Validation = .rejectBatch
  ) throws -> PendingCommit {
    let prepared = try PreparedBatch(
      batch.sent, to: key, window: batch.window, batchID: batch.id, visitor: batch.visitor, validation: validation,
      durability: isSynced ? .synced : .buffered, origin: batch.origin, received: clock.now(),
      limits: settings.configuration.limits)
    try core().prepare(key)
    return .batch(prepared)
  }

  /// Commits batches as one group.
  mutating func append(
    _ batches: [(key: SessionKey, batch: ModelBatch)], isSynced: Bool, validation: Validation = .rejectBatch
  ) throws {
    let group = try batches.map { try prepared($0.batch, $0.key, isSynced: isSynced, validation: validation) }
    var expected: [(first: Int, isNew: Bool)] = []
    for (key, batch) in batches {
      var session = sessions[key] ?? ModelSession(key)
      let all = session.batches + session.comingBatches
      if !batch.id.isEmpty, let known = all.firstIndex(where: { $0.id == batch.id }) {
        expected.append((all[..<known].reduce(0) { $0 + $1.events.count }, false))
      } else {
        expected.append((all.reduce(0) { $0 + $1.events.count }, true))
        var coming = batch
        coming.received = clock.now()
        session.comingBatches.append(coming)
      }
      sessions[key] = session
    }
    let outcomes = try writer().commit(group)
    var failure: StoreError?
    for ((key, batch), (outcome, expected)) in zip(batches, zip(outcomes, expected)) {
      switch outcome {
      case .failure(let error): failure = error
      case .success(let receipt):
        guard receipt.first.sequence == UInt64(expected.first), receipt.isDuplicate != expected.isNew,
          receipt.events == batch.events.count, receipt.rejected.count == batch.rejected
        else { throw ModelDifference("\(key): receipt \(receipt), expected \(expected), \(batch.events.count) events") }
      }
    }
    if let failure { return try refused(failure, batches.map(\.key)) }
    for (key, _) in batches {
      sessions[key]?.settle()
      sessions[key]?.lastReceived = clock.now()
    }
    if isSynced { makeDurable() }
    try keepPace()
    for (key, _) in batches { try compare(key) }
  }

  /// A group that was refused whole: nothing of it is there.
  private mutating func refused(_ error: StoreError, _ keys: [SessionKey]) throws {
    let isOverBudget = error.code == .budgetExceeded && hasHadBudget
    if error.code == .diskFull || isOverBudget {
      for key in keys { sessions[key]?.forget() }
      for key in keys { try compare(key) }
    }
    if !isOverBudget { throw error }
  }

  /// What the committing thread does after a group.
  private mutating func keepPace() throws {
    if try writer().isRotationDue {
      try writer().rotate()
      makeDurable()
    }
    if try writer().isFlushDue { try writer().flush() }
    try writer().syncBuffered()
  }

  mutating func appendInvalid(_ key: SessionKey, _ seed: Int, skips: Bool) throws {
    var text = ModelText(seed, key)
    let batch = text.invalidBatch(at: clock.now())
    if skips { return try append([(key, batch)], isSynced: true, validation: .skipInvalid) }
    do {
      _ = try prepared(batch, key)
      throw ModelDifference("\(key): a batch with invalid events was taken")
    } catch let error as StoreError {
      guard error.code == .invalidEvents else { throw error }
    }
    try compare(key)
  }

  mutating func appendTooLarge(_ key: SessionKey, isEvent: Bool) throws {
    var batch = ModelBatch(id: "", window: "", visitor: "", origin: .live, sent: [], events: [])
    let line = Sample.mutation(clock.now(), text: String(repeating: "x", count: isEvent ? 20_000 : 8_000))
    batch.sent = Sample.batch([String](repeating: line, count: isEvent ? 1 : 10))
    do {
      _ = try prepared(batch, key)
      throw ModelDifference("\(key): a batch of \(batch.sent.count) bytes was taken")
    } catch let error as StoreError {
      guard error.code == (isEvent ? .eventTooLarge : .batchTooLarge) else { throw error }
    }
    try compare(key)
  }

  /// A batch that was accepted is recognised, with its bytes or with others.
  mutating func resend(_ key: SessionKey, _ pick: Int, isChanged: Bool) throws {
    let session = sessions[key] ?? ModelSession(key)
    let named = session.batches.indices.filter { !session.batches[$0].id.isEmpty }
    guard !named.isEmpty else { return }
    let place = named[pick % named.count]
    var batch = session.batches[place]
    if isChanged { batch.sent = Sample.batch([Sample.mutation(clock.now(), text: "other bytes")]) }
    let pending = try prepared(batch, key, validation: .skipInvalid)
    let outcome = try writer().commit([pending])[0]
    switch outcome {
    case .success(let receipt):
      let first = session.batches[..<place].reduce(0) { $0 + $1.events.count }
      guard receipt.isDuplicate, !isChanged, receipt.first.sequence == UInt64(first),
        receipt.events == batch.events.count
      else { throw ModelDifference("\(key): batch \(batch.id) sent again, changed \(isChanged): \(receipt)") }
    case .failure(let error):
      let isOverBudget = error.code == .budgetExceeded && hasHadBudget
      if !isOverBudget, !(isChanged && error.code == .batchConflict) { throw error }
    }
    try compare(key)
  }

  /// Tags, or with none the finish.
  mutating func edit(_ key: SessionKey, tags: [String: String?]?, isOutside: Bool) throws {
    guard sessions[key]?.exists ?? false else { return }
    sessions[key]?.comingTags = tags ?? [:]
    sessions[key]?.isFinishComing = tags == nil
    let changes = (tags ?? [:]).map { TagChange(key: $0.key, value: $0.value) }
    if isOutside {
      let change: SessionEdit.Change = tags == nil ? .finish : .setTags(changes)
      let (other, time) = (try beside(), clock.now())
      try other.catalog.commit { _ in [.session(SessionEdit(commit: 0, session: key, time: time, change: change))] }
      // In force with that commit; the writer takes it over later.
      sessions[key]?.settle()
      if try writer().poll().hasEdits {
        for case .failure(let error) in try writer().commit([]) { throw error }
      }
    } else {
      try core().prepare(key)
      let outcome = try writer().commit([tags == nil ? .finish(key) : .tags(key, changes)])[0]
      if case .failure(let error) = outcome {
        if error.code == .diskFull { sessions[key]?.forget() }
        throw error
      }
      sessions[key]?.settle()
      makeDurable()
    }
    sessions[key]?.lastEdited = clock.now()
    try compare(key)
  }
}
