package import SegmentFiles

/// One record found in a journal.
package struct FoundRecord: Sendable, Equatable {
  package var head: RecordHead
  /// False where the payload is known to be damaged: reading it will say so.
  package var isPayloadValid = true
  package var payloadOffset: UInt64 { head.offset + UInt64(head.headLength) }
}

/// A part of a journal that is not what it was when it was written.
package struct JournalDamage: Sendable, Equatable {
  package var offset: UInt64
  package var length: UInt64
  package var what: String
}

/// How far to believe a journal.
package enum JournalTrust: Sendable {
  /// Sealed: groups end here, whatever is invalid before is damage.
  case sealed(end: UInt64)
  /// A writer lives: deliver only what is known to be durable, from a group's word or from the durable mark.
  case durableOnly(mark: UInt64)
  /// Nobody writes: take every group that is valid to the last byte.
  case all(mark: UInt64)
}

/// Reads the groups of a journal in order and tells a torn tail from damage (FORMAT.md "Partial writes").
///
/// Memory is bounded by the largest group.
package struct JournalScan {
  /// Offset behind the last group that counts.
  package private(set) var end = UInt64(JournalHeader.size)
  /// Below it all is known to be durable: by a group's word, the mark or the seal.
  package private(set) var durable = UInt64(JournalHeader.size)
  package private(set) var damages: [JournalDamage] = []
  /// Bytes behind `end` that are no whole group: a write cut short.
  package private(set) var tornBytes: UInt64 = 0
  package private(set) var groups = 0
  package private(set) var records = 0

  private let file: any StorageFile
  private let id: Identifier
  private let fileSize: UInt64

  package init(_ file: any StorageFile, id: Identifier) throws(FileError) {
    self.file = file
    self.id = id
    fileSize = try file.facts().size
  }

  /// Scans from `start` (a page) on and hands over each valid record. With `checkingPayloads` the payloads' checksums
  /// are checked too; those of groups that may be torn always are.
  package mutating func run(
    from start: UInt64 = UInt64(JournalHeader.size), trust: JournalTrust, checkingPayloads: Bool = true,
    _ visit: (FoundRecord) -> Void
  ) throws(FileError) {
    end = start
    // Looked at time and again while a writer lives: mostly there is nothing new, and no need to look at every page that
    // was written ahead.
    if case .durableOnly(let mark) = trust, mark <= start, try !hasGroup(at: start) { return }
    var limit = fileSize
    var known: UInt64
    switch trust {
    case .sealed(let sealed):
      known = sealed
      limit = min(limit, sealed)
    case .durableOnly(let mark), .all(let mark):
      known = try highestDurable(from: start, limit: limit, mark: mark)
    }
    durable = max(durable, known)
    var at = start
    while at < limit {
      let group = try readGroup(at: at, limit: limit)
      let isBelievable = at < known
      guard let group else {
        if !isBelievable { break }
        // Something that was durable is unreadable here: go on with the next page that begins a group.
        let next = try nextGroup(after: at, limit: min(limit, known)) ?? min(limit, known)
        damages.append(JournalDamage(offset: at, length: next - at, what: "the header of a commit group is unreadable"))
        // Its records stand for themselves: each names its own place.
        for record in try strayRecords(from: at, to: next) {
          visit(record)
          records += 1
        }
        at = next
        end = at
        continue
      }
      if !isBelievable, case .durableOnly = trust { break }
      let found = parse(group.bytes, header: group.header, checkingPayloads: checkingPayloads || !isBelievable)
      if !isBelievable, !found.damages.isEmpty { break }
      damages += found.damages
      for record in found.records { visit(record) }
      groups += 1
      records += found.records.count
      at = group.header.end
      end = at
    }
    if case .sealed(let sealed) = trust {
      // Zeros that fill the last group's page may be missing: a torn write that recovery took as whole.
      if end < sealed, fileSize < sealed {
        damages.append(JournalDamage(offset: fileSize, length: sealed - fileSize, what: "the file is cut short"))
      }
    } else if case .all(let mark) = trust {
      // The mark is written when what it names was synced, the file's length with it.
      if fileSize < mark {
        damages.append(JournalDamage(offset: fileSize, length: mark - fileSize, what: "the file is cut short"))
      }
      tornBytes = try tornLength(from: end, limit: limit)
    }
  }

  private func hasGroup(at offset: UInt64) throws(FileError) -> Bool {
    let page = try file.readBytes(at: offset, count: GroupHeader.size)
    return (try? GroupHeader.decode(page, at: 0, journal: id, offset: offset)) != nil
  }

  /// The highest durable position that any group or the mark names.
  private func highestDurable(from start: UInt64, limit: UInt64, mark: UInt64) throws(FileError) -> UInt64 {
    var highest = min(mark, limit)
    var at = start
    while at < limit {
      let page = try file.readBytes(at: at, count: GroupHeader.size)
      guard let header = try? GroupHeader.decode(page, at: 0, journal: id, offset: at) else {
        // Behind a hole there may be more, but only a write ahead or a torn tail is expected: look at every page.
        at += GroupHeader.alignment
        continue
      }
      highest = max(highest, header.durable)
      at = max(at + GroupHeader.alignment, min(header.end, limit))
    }
    return highest
  }

  private func nextGroup(after offset: UInt64, limit: UInt64) throws(FileError) -> UInt64? {
    var at = offset + GroupHeader.alignment
    while at < limit {
      let page = try file.readBytes(at: at, count: GroupHeader.size)
      if (try? GroupHeader.decode(page, at: 0, journal: id, offset: at)) != nil { return at }
      at += GroupHeader.alignment
    }
    return nil
  }

  private func readGroup(
    at offset: UInt64, limit: UInt64
  ) throws(FileError) -> (header: GroupHeader, bytes: [UInt8])? {
    let page = try file.readBytes(at: offset, count: Int(min(GroupHeader.alignment, limit - offset)))
    guard let header = try? GroupHeader.decode(page, at: 0, journal: id, offset: offset),
      header.offset + UInt64(header.length) <= fileSize
    else { return nil }
    // The zeros that fill the last page belong to the group: a checker wants to see them.
    let length = Int(min(header.end, fileSize) - offset)
    if length <= page.count { return (header, Array(page.prefix(length))) }
    let bytes = try file.readBytes(at: offset, count: length)
    return bytes.count == length ? (header, bytes) : nil
  }

  /// Records that can be read in a part of the file that has no valid group header.
  private func strayRecords(from start: UInt64, to end: UInt64) throws(FileError) -> [FoundRecord] {
    let limit = min(end, fileSize, start + Self.strayLimit)
    guard limit > start else { return [] }
    let bytes = try file.readBytes(at: start, count: Int(limit - start))
    var found: [FoundRecord] = []
    var at = 0
    while at + RecordHead.fixedSize <= bytes.count {
      if let head = try? RecordHead.decode(bytes, at: at, journal: id, offset: start + UInt64(at)),
        head.payloadLength <= bytes.count - at - head.headLength
      {
        let payload = at + head.headLength..<at + head.headLength + head.payloadLength
        found.append(
          FoundRecord(head: head, isPayloadValid: Checksum.plain(bytes, payload) == head.payloadChecksum))
        at += Int(head.size)
      } else {
        at += RecordHead.alignment
      }
    }
    return found
  }

  /// How much is searched for records without a group, bytes: more than any group takes.
  private static let strayLimit: UInt64 = 512 << 20

  private func parse(
    _ bytes: [UInt8], header: GroupHeader, checkingPayloads: Bool
  ) -> (records: [FoundRecord], damages: [JournalDamage]) {
    var found: [FoundRecord] = []
    var damages: [JournalDamage] = []
    let length = Int(header.length)
    var at = GroupHeader.size
    while at + RecordHead.fixedSize <= length {
      let offset = header.offset + UInt64(at)
      guard let head = try? RecordHead.decode(bytes, at: at, journal: id, offset: offset),
        head.payloadLength <= length - at - head.headLength
      else {
        let next = nextRecord(in: bytes, after: at, length: length, header: header)
        damages.append(
          JournalDamage(offset: offset, length: UInt64(next - at), what: "a record is unreadable"))
        at = next
        continue
      }
      let payload = at + head.headLength
      let isPayloadValid =
        !checkingPayloads
        || Checksum.plain(bytes, payload..<payload + head.payloadLength) == head.payloadChecksum
      if !isPayloadValid {
        damages.append(
          JournalDamage(
            offset: header.offset + UInt64(payload), length: UInt64(head.payloadLength),
            what: "the payload of a record of session \(head.session) does not fit its checksum"))
      }
      // Its head tells which events are lost: who reads the session is told, and sequences go on behind them.
      found.append(FoundRecord(head: head, isPayloadValid: isPayloadValid))
      let end = at + head.headLength + head.payloadLength
      at += Int(head.size)
      if !bytes[min(end, length)..<min(at, length)].allSatisfy({ $0 == 0 }) {
        damages.append(JournalDamage(offset: header.offset + UInt64(end), length: 8, what: "padding is not zero"))
      }
    }
    if found.count != Int(header.records), damages.isEmpty {
      damages.append(
        JournalDamage(
          offset: header.offset, length: UInt64(header.length),
          what: "a commit group has \(found.count) records and should have \(header.records)"))
    }
    if !bytes[min(length, bytes.count)...].allSatisfy({ $0 == 0 }) {
      damages.append(
        JournalDamage(
          offset: header.offset + UInt64(length), length: UInt64(bytes.count - length), what: "padding is not zero"))
    }
    return (found, damages)
  }

  /// Where the next record that can be read begins, so that damage costs only what it hits.
  private func nextRecord(in bytes: [UInt8], after start: Int, length: Int, header: GroupHeader) -> Int {
    var at = start + RecordHead.alignment
    while at + RecordHead.fixedSize <= length {
      if (try? RecordHead.decode(bytes, at: at, journal: id, offset: header.offset + UInt64(at))) != nil { return at }
      at += RecordHead.alignment
    }
    return length
  }

  /// Bytes from `start` to the last one that is not zero.
  private func tornLength(from start: UInt64, limit: UInt64) throws(FileError) -> UInt64 {
    var at = start
    var last = start
    while at < limit {
      let chunk = try file.readBytes(at: at, count: Int(min(1 << 20, limit - at)))
      if chunk.isEmpty { break }
      if let index = chunk.lastIndex(where: { $0 != 0 }) { last = at + UInt64(index) + 1 }
      at += UInt64(chunk.count)
    }
    return last - start
  }
}
