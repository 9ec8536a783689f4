internal import SegmentFiles

/// Sessions that were let go before their time, and until when that is remembered: batches that still come for them are
/// refused instead of beginning the session anew (FORMAT.md "Gone lists").
///
/// Immutable, 16 bytes a session, sorted by key hash; named by nothing but that hash.
package struct GoneList: Sendable, Equatable {
  /// Why a session is gone.
  package enum Reason: UInt8, Sendable {
    case dropped = 1
    case evicted, expired
  }

  package struct Entry: Sendable, Equatable {
    package var hash: UInt64
    /// Days since 1970 UTC: the last day on which it is remembered.
    package var untilDay: UInt32
    package var reason: Reason
  }

  static let magic: UInt32 = 0x4E47_4753  // SGGN
  static let version: UInt16 = 1
  static let headerSize = 64
  static let entrySize = 16
  /// More in one list would only make it longer to write again.
  static let limit = 1 << 24

  /// In order of hash, no hash twice.
  package private(set) var entries: [Entry]

  /// Of a hash that is given twice the one that is remembered longest counts.
  init(_ entries: [Entry]) {
    var kept: [Entry] = []
    for entry in entries.sorted(by: { ($0.hash, $1.untilDay) < ($1.hash, $0.untilDay) })
    where kept.last?.hash != entry.hash {
      kept.append(entry)
    }
    self.entries = kept
  }

  /// Why the session of a key hash is gone; nil where it is not, or no longer remembered on `day`. O(log n).
  func reason(_ hash: UInt64, on day: UInt32) -> Reason? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    guard low < entries.count, entries[low].hash == hash, entries[low].untilDay >= day else { return nil }
    return entries[low].reason
  }

  func encode(id: Identifier, store: Identifier) -> [UInt8] {
    var writer = ByteWriter(reserving: Self.headerSize + Self.entrySize * entries.count)
    writer.u32(Self.magic)
    writer.u32(0)
    writer.u16(Self.version)
    writer.zeros(6)
    writer.identifier(store)
    writer.identifier(id)
    writer.u32(UInt32(entries.count))
    writer.zeros(Self.headerSize - writer.count)
    for entry in entries {
      writer.u64(entry.hash)
      writer.u32(entry.untilDay)
      writer.u8(entry.reason.rawValue)
      writer.zeros(3)
    }
    writer.patch(Checksum.plain(writer.bytes, 8..<writer.count), at: 4)
    return writer.bytes
  }

  package static func decode(_ bytes: [UInt8], id: Identifier, store: Identifier) throws(FormatError) -> GoneList {
    var reader = ByteReader(bytes)
    guard try reader.u32() == magic else { throw FormatError(.wrongMagic, at: 0) }
    guard try reader.u32() == Checksum.plain(bytes, 8..<bytes.count) else { throw FormatError(.wrongChecksum, at: 4) }
    _ = try FormatVersion.read(&reader, at: 8)
    try reader.skip(6)
    guard try reader.identifier() == store, try reader.identifier() == id else {
      throw FormatError(.invalid("name"), at: 16)
    }
    let count = Int(try reader.u32())
    guard bytes.count == headerSize + count * entrySize else { throw FormatError(.truncated, at: 48) }
    try reader.skip(headerSize - reader.position)
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for _ in 0..<count {
      let at = reader.position
      let hash = try reader.u64()
      let day = try reader.u32()
      guard let reason = Reason(rawValue: try reader.u8()), entries.last.map({ $0.hash < hash }) ?? true else {
        throw FormatError(.invalid("entry"), at: at)
      }
      try reader.skip(3)
      entries.append(Entry(hash: hash, untilDay: day, reason: reason))
    }
    var list = GoneList([])
    list.entries = entries
    return list
  }
}

extension GoneList {
  /// Bytes that a list of so many entries takes.
  static func fileBytes(_ entries: UInt64) -> UInt64 { UInt64(headerSize) + UInt64(entrySize) * entries }

  /// Writes the list to a file of its own and returns what the catalog is to know of it.
  func install(_ core: StoreCore) throws(StoreError) -> GoneFacts {
    let id = core.environment.newIdentifier()
    let files = core.environment.files
    let temporary = core.layout.temporaryFile(id)
    do throws(FileError) {
      let file = try files.open(temporary, .create)
      try file.writeBytes(encode(id: id, store: core.catalog.state.store), at: 0)
      try Installation.install(temporary, file, as: core.layout.gone(id), in: core.layout.gone, files)
    } catch {
      try? files.unlink(temporary)
      throw StoreError(error, in: core.layout)
    }
    return GoneFacts(id: id, entries: UInt64(entries.count), lastDay: entries.map(\.untilDay).max() ?? 0)
  }

  /// Reads a list. Throws `.notFound`, `.damaged`.
  static func read(
    _ facts: GoneFacts, store: Identifier, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) -> GoneList {
    let path = layout.gone(facts.id)
    let name = layout.relative(path)
    guard facts.entries <= UInt64(limit) else {
      throw .damaged("the catalog gives an impossible size of a list of gone sessions", file: name, offset: 0)
    }
    let file = try inStore(layout) { () throws(FileError) in try environment.files.open(path, .read) }
    return try readTwice(file) { () throws(StoreError) in try read(facts, store: store, file, layout) }
  }

  private static func read(
    _ facts: GoneFacts, store: Identifier, _ file: any StorageFile, _ layout: Layout
  ) throws(StoreError) -> GoneList {
    let name = layout.relative(layout.gone(facts.id))
    let bytes = try inStore(layout) { () throws(FileError) in
      try file.readBytes(at: 0, count: Int(min(fileBytes(facts.entries) + 1, try file.facts().size)))
    }
    do throws(FormatError) {
      let list = try decode(bytes, id: facts.id, store: store)
      guard list.entries.count == Int(facts.entries) else { throw FormatError(.invalid("number of entries"), at: 48) }
      return list
    } catch {
      throw .damaged("a list of gone sessions: \(error.text)", file: name, offset: UInt64(error.offset))
    }
  }
}
