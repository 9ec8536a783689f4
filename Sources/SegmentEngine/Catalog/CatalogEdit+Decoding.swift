extension CatalogEdit {
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
        id: try body.identifier(), ordinal: try body.amount("ordinal"), epoch: try body.amount("epoch"),
        created: try body.time())
    case 3:
      return .sealJournal(id: try body.identifier(), end: try body.amount("end"), damaged: try body.varint() != 0)
    case 4: return .removeJournal(try body.identifier())
    case 5: return .addPack(try PackFacts.decode(&body))
    case 6: return .removePack(try body.identifier())
    case 7:
      let id = try body.identifier()
      let sha256 = try body.raw(32)
      return .addDictionary(
        DictionaryFacts(
          id: id, sha256: sha256, project: try body.string("project", limit: FormatLimits.project),
          version: try body.amount("version"), contentBytes: try body.amount("content"),
          fileBytes: try body.amount("size of a dictionary"), created: try body.time()))
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
    case 14: return .epoch(try body.amount("epoch"))
    case 15: return .pin(Pin(session: try body.sessionKey(), until: try body.time()))
    case 16: return .unpin(try body.sessionKey())
    case 17:
      let version = try body.amount("version")
      let length = try body.count("policy", limit: body.remaining)
      return .policy(PolicyDocument(version: version, json: try body.raw(length)))
    case 18:
      let hash = try body.hash()
      let targetAt = body.position
      guard let target = Tombstone.Target(rawValue: try body.u8()) else {
        throw FormatError(.invalid("target"), at: targetAt)
      }
      return .tombstone(
        Tombstone(
          hash: hash, target: target, time: try body.time(), commit: try body.varint(), untilDay: try body.day()))
    case 19: return .ordinal(try body.amount("ordinal"))
    case 20:
      return .trained(
        TrainingRecord(
          project: try body.string("project", limit: FormatLimits.project), time: try body.time(),
          rawBytes: try body.amount("raw bytes"), recentRatio: try body.time()))
    case 21:
      return .addGone(
        GoneFacts(id: try body.identifier(), entries: try body.amount("entries"), lastDay: try body.day()))
    case 22: return .removeGone(try body.identifier())
    case 23: return .hold(try body.sessionKey(), try body.day())
    case 24: return .destroy(try Destruction.decode(&body))
    case 25: return .destroyed(try body.identifier())
    case 26: return .erasureApplied(try body.varint())
    case 27: return .receipt(try ErasureFacts.decode(&body))
    case 28:
      let day = try body.day()
      let rule = try body.string("rule", limit: FormatLimits.ruleName)
      return .total(RuleTotal.Key(day: day, rule: rule), try RuleTotal.decode(&body))
    case 29: return .forgetTotals(try body.day())
    case 30: return .forgetTombstones(try body.day())
    case 31:
      let id = try body.identifier()
      let time = try body.time()
      return .snapshot(
        SnapshotFacts(id: id, time: time, path: try body.string("path", limit: FormatLimits.snapshotPath)))
    case 32: return .forgetSnapshot(try body.identifier())
    case 33: return .isSnapshot(try body.time())
    case 34: return .setExpiry(try body.identifier(), try body.day())
    default: throw FormatError(.invalid("kind of edit"), at: at)
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

  /// A day since 1970 UTC.
  package mutating func day() throws(FormatError) -> UInt32 { UInt32(try count("day", limit: Int(UInt32.max))) }
}
