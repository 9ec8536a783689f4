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
    case .removeJournal(let id), .removePack(let id), .removeDictionary(let id):
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
    case .applied(let commit), .epoch(let commit), .ordinal(let commit):
      body.varint(commit)
    case .requestFlush(let time):
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
      body.raw(stone.hash)
      body.u8(stone.target.rawValue)
      body.time(stone.time)
      body.varint(stone.commit)
    }
    writer.u8(kind)
    writer.varint(body.count)
    writer.raw(body.bytes)
  }

  /// Decodes the content of a frame.
  static func decodeAll(_ content: [UInt8]) throws(FormatError) -> [CatalogEdit] {
    var outer = ByteReader(content)
    var edits: [CatalogEdit] = []
    while outer.remaining > 0 {
      let kindAt = outer.position
      let kind = try outer.u8()
      let length = try outer.count("edit", limit: outer.remaining)
      let start = outer.position
      try outer.skip(length)
      var body = ByteReader(content, in: start..<start + length)
      edits.append(try decode(kind, &body, at: kindAt))
      guard body.remaining == 0 else { throw FormatError(.invalid("edit"), at: body.position) }
    }
    return edits
  }

  private static func decode(_ kind: UInt8, _ body: inout ByteReader, at: Int) throws(FormatError) -> CatalogEdit {
    switch kind {
    case 1:
      return .store(
        created: try body.time(), samplingSalt: try body.identifier(), erasureKey: try body.identifier())
    case 2:
      return .addJournal(
        id: try body.identifier(), ordinal: try body.varint(), epoch: try body.varint(), created: try body.time())
    case 3:
      return .sealJournal(id: try body.identifier(), end: try body.varint(), damaged: try body.varint() != 0)
    case 4: return .removeJournal(try body.identifier())
    case 5: return .addPack(try PackFacts.decode(&body))
    case 6: return .removePack(try body.identifier())
    case 7:
      let id = try body.identifier()
      let sha256 = try body.raw(32)
      return .addDictionary(
        DictionaryFacts(
          id: id, sha256: sha256, project: try body.string("project", limit: FormatLimits.project),
          version: try body.varint(), contentBytes: try body.varint(), fileBytes: try body.varint(),
          created: try body.time()))
    case 8: return .removeDictionary(try body.identifier())
    case 9:
      let project = try body.string("project", limit: FormatLimits.project)
      return .useDictionary(project: project, try body.u8() == 0 ? nil : try body.identifier())
    case 10, 11:
      let commit = try body.varint()
      let session = try body.sessionKey()
      let time = try body.time()
      return .session(
        SessionEdit(
          commit: commit, session: session, time: time, change: kind == 11 ? .finish : .setTags(try body.tagChanges())))
    case 12: return .applied(try body.varint())
    case 13: return .requestFlush(time: try body.time())
    case 14: return .epoch(try body.varint())
    case 15: return .pin(Pin(session: try body.sessionKey(), until: try body.time()))
    case 16: return .unpin(try body.sessionKey())
    case 17:
      let version = try body.varint()
      let length = try body.count("policy", limit: body.remaining)
      return .policy(PolicyDocument(version: version, json: try body.raw(length)))
    case 18:
      let hash = try body.raw(16)
      let targetAt = body.position
      guard let target = Tombstone.Target(rawValue: try body.u8()) else {
        throw FormatError(.invalid("target"), at: targetAt)
      }
      return .tombstone(Tombstone(hash: hash, target: target, time: try body.time(), commit: try body.varint()))
    case 19: return .ordinal(try body.varint())
    case 20:
      return .trained(
        TrainingRecord(
          project: try body.string("project", limit: FormatLimits.project), time: try body.time(),
          rawBytes: try body.varint(), recentRatio: try body.time()))
    default: throw FormatError(.invalid("kind of edit"), at: at)
    }
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

extension ByteReader {
  package mutating func sessionKey() throws(FormatError) -> SessionKey {
    let project = try string("project", limit: FormatLimits.project)
    return SessionKey(project: project, id: try string("session", limit: FormatLimits.session))
  }

  package mutating func tagChanges() throws(FormatError) -> [TagChange] {
    var changes: [TagChange] = []
    for _ in 0..<(try listCount("tags", entry: 2)) {
      let key = try string("tag key", limit: FormatLimits.tagKey)
      changes.append(
        TagChange(key: key, value: try u8() == 0 ? nil : try string("tag value", limit: FormatLimits.tagValue)))
    }
    return changes
  }
}
