/// One change of the catalog (FORMAT.md "Catalog", table of edits).
package enum CatalogEdit: Sendable, Hashable {
  case store(created: Double, samplingSalt: Identifier, erasureKey: Identifier)
  case addJournal(id: Identifier, ordinal: UInt64, epoch: UInt64, created: Double)
  case sealJournal(id: Identifier, end: UInt64, damaged: Bool)
  case removeJournal(Identifier)
  case addPack(PackFacts)
  case removePack(Identifier)
  case addDictionary(DictionaryFacts)
  case removeDictionary(Identifier)
  case useDictionary(project: String, Identifier?)
  case session(SessionEdit)
  case applied(UInt64)
  case requestFlush(time: Double)
  case epoch(UInt64)
  case pin(Pin)
  case unpin(SessionKey)
  case policy(PolicyDocument)
  case tombstone(Tombstone)
  case ordinal(UInt64)
  case trained(TrainingRecord)
  case addGone(GoneFacts)
  case removeGone(Identifier)
  /// A session stays until the start of a day (since 1970 UTC) whatever its pack says; 0: no longer.
  case hold(SessionKey, UInt32)
  case destroy(Destruction)
  case destroyed(Identifier)
  /// Journals hold nothing of what was erased up to this commit.
  case erasureApplied(UInt64)
  case receipt(ErasureFacts)
  /// Added to what is there.
  case total(RuleTotal.Key, RuleTotal)
  /// Totals of days before this one are forgotten.
  case forgetTotals(UInt32)
  /// Tombstones that are remembered up to a day before this one are forgotten.
  case forgetTombstones(UInt32)
  case snapshot(SnapshotFacts)
  case forgetSnapshot(Identifier)
  /// The store is a snapshot, made at this time; 0: it is none any longer.
  case isSnapshot(Double)
  case setExpiry(Identifier, UInt32)
}

extension CatalogEdit {
  private var kind: UInt8 {
    switch self {
    case .store: 1
    case .addJournal: 2
    case .sealJournal: 3
    case .removeJournal: 4
    case .addPack: 5
    case .removePack: 6
    case .addDictionary: 7
    case .removeDictionary: 8
    case .useDictionary: 9
    case .session(let edit): if case .finish = edit.change { 11 } else { 10 }
    case .applied: 12
    case .requestFlush: 13
    case .epoch: 14
    case .pin: 15
    case .unpin: 16
    case .policy: 17
    case .tombstone: 18
    case .ordinal: 19
    case .trained: 20
    case .addGone: 21
    case .removeGone: 22
    case .hold: 23
    case .destroy: 24
    case .destroyed: 25
    case .erasureApplied: 26
    case .receipt: 27
    case .total: 28
    case .forgetTotals: 29
    case .forgetTombstones: 30
    case .snapshot: 31
    case .forgetSnapshot: 32
    case .isSnapshot: 33
    case .setExpiry: 34
    }
  }

  /// The same with the number of the commit that brings it, where it carries one and has none yet.
  func numbered(_ commit: UInt64) -> CatalogEdit {
    switch self {
    case .session(var edit) where edit.commit == 0:
      edit.commit = commit
      return .session(edit)
    case .tombstone(var stone) where stone.commit == 0:
      stone.commit = commit
      return .tombstone(stone)
    default: return self
    }
  }

  func encode(into writer: inout ByteWriter) {
    var body = ByteWriter()
    switch self {
    case .store(let created, let samplingSalt, let erasureKey):
      body.time(created)
      body.identifier(samplingSalt)
      body.identifier(erasureKey)
    case .addJournal(let id, let ordinal, let epoch, let created):
      body.identifier(id)
      body.varint(ordinal)
      body.varint(epoch)
      body.time(created)
    case .sealJournal(let id, let end, let damaged):
      body.identifier(id)
      body.varint(end)
      body.varint(damaged ? 1 : 0 as UInt64)
    case .removeJournal(let id), .removePack(let id), .removeDictionary(let id), .removeGone(let id),
      .destroyed(let id),
      .forgetSnapshot(let id):
      body.identifier(id)
    case .addPack(let facts):
      facts.encode(into: &body)
    case .addDictionary(let facts):
      body.identifier(facts.id)
      body.raw(facts.sha256)
      body.string(facts.project)
      body.varint(facts.version)
      body.varint(facts.contentBytes)
      body.varint(facts.fileBytes)
      body.time(facts.created)
    case .useDictionary(let project, let id):
      body.string(project)
      body.u8(id == nil ? 0 : 1)
      if let id { body.identifier(id) }
    case .session(let edit):
      body.varint(edit.commit)
      body.string(edit.session.project)
      body.string(edit.session.id)
      body.time(edit.time)
      if case .setTags(let changes) = edit.change { body.tagChanges(changes) }
    case .applied(let commit), .epoch(let commit), .ordinal(let commit), .erasureApplied(let commit):
      body.varint(commit)
    case .requestFlush(let time), .isSnapshot(let time):
      body.time(time)
    case .pin(let pin):
      body.string(pin.session.project)
      body.string(pin.session.id)
      body.time(pin.until)
    case .unpin(let session):
      body.string(session.project)
      body.string(session.id)
    case .policy(let policy):
      body.varint(policy.version)
      body.varint(policy.json.count)
      body.raw(policy.json)
    case .trained(let record):
      body.string(record.project)
      body.time(record.time)
      body.varint(record.rawBytes)
      body.time(record.recentRatio)
    case .tombstone(let stone):
      body.hash(stone.hash)
      body.u8(stone.target.rawValue)
      body.time(stone.time)
      body.varint(stone.commit)
      body.varint(UInt64(stone.untilDay))
    case .addGone(let facts):
      body.identifier(facts.id)
      body.varint(facts.entries)
      body.varint(UInt64(facts.lastDay))
    case .hold(let session, let day):
      body.string(session.project)
      body.string(session.id)
      body.varint(UInt64(day))
    case .destroy(let destruction):
      destruction.encode(into: &body)
    case .receipt(let facts):
      facts.encode(into: &body)
    case .total(let key, let total):
      body.varint(UInt64(key.day))
      body.string(key.rule)
      total.encode(into: &body)
    case .forgetTotals(let day), .forgetTombstones(let day):
      body.varint(UInt64(day))
    case .snapshot(let facts):
      body.identifier(facts.id)
      body.time(facts.time)
      body.string(facts.path)
    case .setExpiry(let id, let day):
      body.identifier(id)
      body.varint(UInt64(day))
    }
    writer.u8(kind)
    writer.varint(body.count)
    writer.raw(body.bytes)
  }
}

extension ByteWriter {
  package mutating func tagChanges(_ changes: [TagChange]) {
    varint(changes.count)
    for change in changes {
      string(change.key)
      u8(change.value == nil ? 0 : 1)
      if let value = change.value { string(value) }
    }
  }
}
