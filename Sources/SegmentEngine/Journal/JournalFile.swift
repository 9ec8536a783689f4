internal import SegmentCodecs
internal import SegmentFiles

/// A record read back: its head and its events as NDJSON.
package struct JournalBatch: Sendable {
  package var head: RecordHead
  package var batch: BatchDetails
  package var ndjson: [UInt8]
}

/// A journal that is open for reading single records.
package final class JournalFile: Sendable {
  package let id: Identifier
  package let name: String
  let file: any StorageFile
  private let layout: Layout

  /// Throws `.newerFormat` where a newer version wrote it. Damage of its header is for `verify` to tell: the groups
  /// stand for themselves.
  /// With a patch that the catalog names it is read as if that were carried out. `path` is where it lies, if not where
  /// journals do.
  package init(
    _ id: Identifier, at path: String? = nil, _ environment: StoreEnvironment, _ layout: Layout,
    patch: FilePatch? = nil
  ) throws(StoreError) {
    self.id = id
    self.layout = layout
    let path = path ?? layout.journal(id)
    name = layout.relative(path)
    let opened = try inStore(layout) { () throws(FileError) in try environment.files.open(path, .read) }
    file = patch.map { PatchedFile(opened, $0) } ?? opened
    let file = self.file
    let page = try inStore(layout) { () throws(FileError) in try file.readBytes(at: 0, count: JournalHeader.size) }
    do { _ = try JournalHeader.decode(page) } catch {
      if case .newerVersion(let version) = error.reason { throw .newerFormat(name, version: version) }
    }
  }

  /// The head of a record, by one read.
  func readHead(at offset: UInt64, headLength: Int) throws(StoreError) -> RecordHead {
    try readTwice(file) { () throws(StoreError) in try readHeadOnce(at: offset, headLength: headLength) }
  }

  private func readHeadOnce(at offset: UInt64, headLength: Int) throws(StoreError) -> RecordHead {
    let bytes = try inStore(layout) { () throws(FileError) in try file.readBytes(at: offset, count: headLength) }
    do { return try RecordHead.decode(bytes, at: 0, journal: id, offset: offset) } catch {
      throw .damaged("a journal record: \(error.text)", file: name, offset: offset + UInt64(error.offset))
    }
  }

  /// A batch of events by one read, its checksums checked and its payload decompressed.
  package func readBatch(
    at offset: UInt64, headLength: Int, payloadLength: Int
  ) throws(StoreError) -> JournalBatch {
    try readTwice(file) { () throws(StoreError) in
      try readBatchOnce(at: offset, headLength: headLength, payloadLength: payloadLength)
    }
  }

  private func readBatchOnce(
    at offset: UInt64, headLength: Int, payloadLength: Int
  ) throws(StoreError) -> JournalBatch {
    let bytes = try inStore(layout) { () throws(FileError) in
      try file.readBytes(at: offset, count: headLength + payloadLength)
    }
    guard bytes.count == headLength + payloadLength else {
      throw .damaged("the journal is cut short inside a record", file: name, offset: offset + UInt64(bytes.count))
    }
    let head: RecordHead
    do { head = try RecordHead.decode(bytes, at: 0, journal: id, offset: offset) } catch {
      throw .damaged("a journal record: \(error.text)", file: name, offset: offset + UInt64(error.offset))
    }
    guard case .events(let batch) = head.details, head.headLength == headLength, head.payloadLength == payloadLength
    else { throw .damaged("a journal record is not the one expected", file: name, offset: offset) }
    return try unpack(head, batch, bytes)
  }

  private func unpack(_ head: RecordHead, _ batch: BatchDetails, _ bytes: [UInt8]) throws(StoreError) -> JournalBatch {
    let at = head.offset + UInt64(head.headLength)
    let payload = head.headLength..<head.headLength + head.payloadLength
    guard Checksum.plain(bytes, payload) == head.payloadChecksum else {
      throw .damaged(
        "the payload of a journal record does not fit its checksum", file: name, offset: at,
        length: UInt64(head.payloadLength), session: head.session)
    }
    var ndjson: [UInt8] = []
    if head.flags.contains(.compressed) {
      do {
        ndjson.reserveCapacity(min(head.rawLength, 255 * head.payloadLength + 64))
        try unsafe LZ4.decompress(bytes.span.bytes.extracting(payload), rawLength: head.rawLength, appendingTo: &ndjson)
      } catch {
        throw .damaged(
          "the payload of a journal record does not decompress: \(error.detail)", file: name, offset: at,
          session: head.session)
      }
    } else {
      ndjson = Array(bytes[payload])
    }
    let listed = batch.table.entries.reduce(0) { $0 + $1.length + 1 }
    guard ndjson.count == head.rawLength, listed == head.rawLength,
      Checksum.plain(ndjson, 0..<ndjson.count) == batch.rawChecksum
    else {
      throw .damaged(
        "the events of a journal record do not fit its head", file: name, offset: at, session: head.session)
    }
    return JournalBatch(head: head, batch: batch, ndjson: ndjson)
  }
}
