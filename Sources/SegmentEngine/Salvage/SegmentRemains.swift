internal import SegmentFiles

/// A segment as far as it can be read.
struct SegmentRemains {
  struct Block {
    var entry: BlockEntry
    /// Why it cannot be read; nil where it can.
    var problem: StoreError?
  }

  var session: SessionKey
  var visitor: String
  var windows: [String]
  var dictionaries: [Identifier]
  var ordinal: UInt64
  /// As the directory has it; nil where it was put together from headers.
  var entry: SegmentEntry?
  /// In order of sequence.
  var blocks: [Block] = []
  /// Parts in which no block can be found.
  var unreadable: [Range<UInt64>] = []
  /// Zeros stand where a valid header says that a block does: it was being erased.
  var isErased = false

  /// Reads what stands at a place. Nil where its header is not valid after all. With `checking` each block is decoded and
  /// held against what is said of it.
  static func read(
    _ place: RemainingPlace, of pack: PackFile, size: UInt64, _ dictionaries: SalvageDictionaries, checking: Bool
  ) throws(StoreError) -> SegmentRemains? {
    var remains: SegmentRemains
    if let range = place.entry,
      let entry = try pack.readEntry(offset: UInt32(range.lowerBound), length: UInt32(range.count))
    {
      remains = SegmentRemains(
        session: entry.session, visitor: entry.visitor, windows: entry.windows, dictionaries: entry.dictionaries,
        ordinal: entry.ordinal, entry: entry, blocks: entry.blocks.map { Block(entry: $0) })
    } else {
      guard let found = try header(of: pack, at: place.offset, size: size) else { return nil }
      remains = SegmentRemains(
        session: found.header.session, visitor: found.header.visitor, windows: found.header.windows,
        dictionaries: found.header.dictionaries, ordinal: found.header.ordinal)
      let start = place.offset + UInt64(found.length)
      try remains.walk(start..<min(size, start + UInt64(found.header.blocksLength)), of: pack)
    }
    if checking { try remains.check(pack, dictionaries) }
    return remains
  }

  /// The segment header at an offset, and its length; nil where there is none.
  static func header(
    of pack: PackFile, at offset: UInt64, size: UInt64
  ) throws(StoreError) -> (header: SegmentHeader, length: Int)? {
    guard offset + UInt64(SegmentHeader.fixedSize) <= size else { return nil }
    do throws(StoreError) {
      let start = try pack.read(at: offset, count: SegmentHeader.fixedSize, "segment header")
      guard let length = try? SegmentHeader.length(start), offset + UInt64(length) <= size else { return nil }
      let bytes = try pack.read(at: offset, count: length, "segment header")
      return (try? SegmentHeader.decode(bytes, pack: pack.id, offset: offset)).map { ($0, length) }
    } catch {
      guard error.isLoss else { throw error }
      return nil
    }
  }

  // MARK: Blocks by their headers

  private mutating func walk(_ range: Range<UInt64>, of pack: PackFile) throws(StoreError) {
    var at = range.lowerBound
    while at < range.upperBound {
      if let block = try blockHeader(at: at, in: range, of: pack) {
        blocks.append(Block(entry: block))
        at = block.frameOffset + UInt64(block.stored)
        continue
      }
      let next = try search(at..<range.upperBound, of: pack)
      if next.isZero { isErased = true }
      unreadable.append(at..<next.offset)
      at = max(at + 1, next.offset)
    }
    blocks.sort { $0.entry.sequence < $1.entry.sequence }
  }

  private func blockHeader(
    at offset: UInt64, in range: Range<UInt64>, of pack: PackFile
  ) throws(StoreError) -> BlockEntry? {
    guard offset + UInt64(BlockHeader.fixedSize) <= range.upperBound else { return nil }
    // Runs may be long; most headers are not.
    for limit in [512, Int(UInt16.max)] {
      let bytes: [UInt8]
      do throws(StoreError) {
        bytes = try pack.read(at: offset, count: Int(min(UInt64(limit), range.upperBound - offset)), "block header")
      } catch {
        guard error.isLoss else { throw error }
        return nil
      }
      guard let (header, length) = try? BlockHeader.decode(bytes, pack: pack.id, offset: offset) else { continue }
      let (_, overflow) = header.sequence.addingReportingOverflow(UInt64(header.events))
      let (stored, raw) = (Int(header.stored), Int(header.raw))
      guard !overflow, raw <= FormatLimits.blockBytes, stored <= 2 * FormatLimits.blockBytes, header.events <= raw,
        Int(header.dictionary) <= dictionaries.count, header.runs.allSatisfy({ $0.window < windows.count }),
        header.runs.reduce(0, { $0 + $1.events }) == header.events
      else { return nil }
      return BlockEntry(
        frameOffset: offset + UInt64(length), headerLength: length, stored: stored, raw: raw,
        frameChecksum: header.frameChecksum, codec: header.codec, dictionary: Int(header.dictionary),
        sequence: header.sequence, events: header.events, epoch: header.epoch, flags: [], first: 0, last: 0,
        runs: header.runs, keyframes: [])
    }
    return nil
  }

  /// Where the next block with a valid header begins, or the end; and whether all before it is zero.
  private func search(
    _ range: Range<UInt64>, of pack: PackFile
  ) throws(StoreError) -> (offset: UInt64, isZero: Bool) {
    var isZero = true
    var at = range.lowerBound
    while at < range.upperBound {
      let bytes: [UInt8]
      do throws(StoreError) {
        bytes = try pack.read(at: at, count: Int(min(1 << 20, range.upperBound - at)), "block")
      } catch {
        guard error.isLoss else { throw error }
        return (range.upperBound, false)
      }
      for place in bytes.indices where bytes[place] != 0 {
        let offset = at + UInt64(place)
        if bytes[place] == 0x53, offset > range.lowerBound,
          place + 4 > bytes.count || bytes[place..<place + 4].elementsEqual([0x53, 0x47, 0x42, 0x4B]),
          try blockHeader(at: offset, in: offset..<range.upperBound, of: pack) != nil
        {
          return (offset, isZero)
        }
        isZero = false
      }
      at += UInt64(bytes.count)
    }
    return (range.upperBound, isZero)
  }

  // MARK: Checking

  private mutating func check(_ pack: PackFile, _ dictionaries: SalvageDictionaries) throws(StoreError) {
    for index in blocks.indices {
      let block = blocks[index].entry
      do throws(StoreError) {
        let content = try dictionaries.content(of: block, in: pack, dictionaries: self.dictionaries, session: session)
        try Self.check(content, against: block, isRebuilt: entry == nil, pack, session)
      } catch {
        guard error.isLoss else { throw error }
        blocks[index].problem = error
        if try isZero(block, of: pack) { isErased = true }
      }
    }
  }

  /// Throws `.damaged` where a block does not hold what is said of it.
  static func check(
    _ content: [UInt8], against block: BlockEntry, isRebuilt: Bool, _ pack: PackFile, _ session: SessionKey
  ) throws(StoreError) {
    var problem: String?
    if isRebuilt {
      var lines = LineSplitter(content)
      var count = 0
      while lines.next() != nil { count += 1 }
      if count != block.events || content.last != 0x0A { problem = "there are \(count) events and not \(block.events)" }
    } else {
      problem = EventCheck.problem(content, against: block)
    }
    if let problem {
      throw .damaged(
        "a block: \(problem)", file: pack.name, offset: block.frameOffset, length: UInt64(block.stored),
        session: session)
    }
  }

  private func isZero(_ block: BlockEntry, of pack: PackFile) throws(StoreError) -> Bool {
    guard block.stored > 0 else { return false }
    do throws(StoreError) {
      return try pack.read(at: block.frameOffset, count: block.stored, "block").allSatisfy { $0 == 0 }
    } catch {
      guard error.isLoss else { throw error }
      return false
    }
  }
}
