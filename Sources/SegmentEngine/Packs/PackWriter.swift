internal import SegmentFiles

/// Writes a pack from front to back into a temporary file; holds the directory in memory until the end.
///
/// Use: `beginSegment`, `add` for each block, `endSegment`, and so on in order of session; then `finish` and `install`,
/// or `abandon`.
final class PackWriter {
  let id: Identifier
  private let environment: StoreEnvironment
  let layout: Layout
  private let temporary: String
  private let file: any StorageFile
  private let header: PackHeader

  private var buffer = ByteWriter(reserving: 1 << 20)
  private var bufferOffset: UInt64 = 0
  private var directory = ByteWriter()
  private var locators: [Locator] = []
  private var totals = (events: 0 as UInt64, raw: 0 as UInt64, stored: 0 as UInt64, packed: 0 as UInt64)
  private var received = (first: Double.infinity, last: -Double.infinity)
  private var ordinals = (first: UInt64.max, last: 0 as UInt64)
  private var dictionaries: [Identifier] = []
  private var segment: (header: SegmentHeader, offset: UInt64, length: Int, blocks: [BlockEntry])?

  private static let bufferLimit = 1 << 20

  init(_ header: PackHeader, _ environment: StoreEnvironment, _ layout: Layout) throws(FileError) {
    self.header = header
    self.environment = environment
    self.layout = layout
    id = header.id
    temporary = layout.temporaryFile(header.id)
    file = try environment.files.open(temporary, .create)
    buffer.raw(header.encode())
  }

  /// Bytes so far, without the directory.
  var length: UInt64 { bufferOffset + UInt64(buffer.count) }
  var segments: Int { locators.count }

  func beginSegment(_ header: SegmentHeader) {
    let offset = length
    // Written again by endSegment, when the length of the blocks is known; it takes the same room.
    let bytes = header.encode(pack: id, offset: offset)
    buffer.raw(bytes)
    segment = (header, offset, bytes.count, [])
  }

  /// Adds a block to the segment. `entry` is complete but for its place and checksum.
  func add(_ entry: BlockEntry, frame: [UInt8]) throws(FileError) {
    precondition(segment != nil)
    var entry = entry
    let header = BlockHeader(
      codec: entry.codec, dictionary: UInt8(entry.dictionary), stored: UInt32(frame.count), raw: UInt32(entry.raw),
      frameChecksum: 0, sequence: entry.sequence, epoch: entry.epoch, events: entry.events, runs: entry.runs)
    let pack = id
    var checksum: UInt32 = 0
    let bytes = header.encode(pack: id, offset: length) { frameOffset in
      checksum = Checksum.placed(pack, frameOffset, frame, 0..<frame.count)
      return checksum
    }
    entry.frameOffset = length + UInt64(bytes.count)
    entry.headerLength = bytes.count
    entry.stored = frame.count
    entry.frameChecksum = checksum
    buffer.raw(bytes)
    buffer.raw(frame)
    segment?.blocks.append(entry)
    totals.events += UInt64(entry.events)
    totals.raw += UInt64(entry.raw)
    totals.stored += UInt64(entry.stored)
    if buffer.count >= Self.bufferLimit { try drain() }
  }

  /// Ends the segment. `entry` is complete but for place and blocks.
  func endSegment(_ entry: SegmentEntry) throws(FileError) {
    guard let segment else { preconditionFailure("endSegment without beginSegment") }
    self.segment = nil
    var header = segment.header
    header.blocksLength = UInt32(length - segment.offset - UInt64(segment.length))
    let bytes = header.encode(pack: id, offset: segment.offset)
    precondition(bytes.count == segment.length)
    if segment.offset >= bufferOffset {
      let at = Int(segment.offset - bufferOffset)
      buffer.bytes.replaceSubrange(at..<at + bytes.count, with: bytes)
    } else {
      try drain()
      try file.writeBytes(bytes, at: segment.offset)
    }
    var entry = entry
    entry.offset = segment.offset
    entry.length = length - segment.offset
    entry.blocks = segment.blocks
    // The checksum names the entry's place, which is known when all segments are: `finish` puts it in.
    let encoded = entry.encode(pack: id, at: 0, segmentHeaderLength: segment.length)
    locators.append(Locator(of: entry, offset: UInt32(directory.count), length: UInt32(encoded.count)))
    directory.raw(encoded)
    totals.packed += entry.facts.packed
    received.first = min(received.first, entry.facts.firstReceived)
    received.last = max(received.last, entry.facts.lastReceived)
    ordinals = (min(ordinals.first, entry.ordinal), max(ordinals.last, entry.ordinal))
    for dictionary in entry.dictionaries where !dictionaries.contains(dictionary) { dictionaries.append(dictionary) }
  }

  /// Writes directory, locators and footer, and installs the file. Returns what the catalog is to know, and the locators.
  func finish() throws(FileError) -> (facts: PackFacts, locators: LocatorTable) {
    precondition(segment == nil && !locators.isEmpty)
    let directoryOffset = length
    for index in locators.indices {
      let at = Int(locators[index].offset)
      let offset = directoryOffset + UInt64(at)
      let checksum = Checksum.placed(
        id, offset, directory.bytes, at + 8..<at + Int(locators[index].length))
      directory.patch(checksum, at: at + 4)
      locators[index].offset = UInt32(offset)
    }
    let table = LocatorTable(locators)
    try drain()
    try file.writeBytes(directory.bytes, at: bufferOffset)
    bufferOffset += UInt64(directory.count)
    let locatorsOffset = bufferOffset
    buffer.raw(table.encoded)
    let fileBytes = locatorsOffset + UInt64(buffer.count + PackFooter.size)
    let footer = PackFooter(
      id: id, fileBytes: fileBytes, directoryOffset: directoryOffset, locatorsOffset: locatorsOffset,
      segments: UInt32(locators.count),
      locatorsChecksum: Checksum.placed(id, locatorsOffset, buffer.bytes, 0..<buffer.count),
      events: totals.events, rawBytes: totals.raw, storedBytes: totals.stored, firstReceived: received.first,
      lastReceived: received.last, firstOrdinal: ordinals.first, lastOrdinal: ordinals.last,
      packedEvents: totals.packed)
    buffer.raw(footer.encode())
    try drain()
    try Installation.install(temporary, file, as: layout.pack(id), in: layout.packs, environment.files)
    let facts = PackFacts(
      id: id, fileBytes: fileBytes, footerBytes: fileBytes - locatorsOffset, tier: header.tier,
      className: header.className, expiryDay: header.expiryDay, segments: UInt64(locators.count),
      events: totals.events, rawBytes: totals.raw, storedBytes: totals.stored, packedEvents: totals.packed,
      firstReceived: received.first, lastReceived: received.last, firstOrdinal: ordinals.first,
      lastOrdinal: ordinals.last, dictionaries: dictionaries)
    return (facts, table)
  }

  /// Removes what was written; for when something failed. Overwrites it first where it may hold something of a session that
  /// was erased meanwhile.
  func abandon(overwriting: Bool) {
    file.close()
    if overwriting { try? Zeros.destroy(temporary, environment.files) }
    try? environment.files.unlink(temporary)
  }

  private func drain() throws(FileError) {
    if buffer.count == 0 { return }
    try file.writeBytes(buffer.bytes, at: bufferOffset)
    bufferOffset += UInt64(buffer.count)
    buffer.bytes.removeAll(keepingCapacity: true)
  }
}
