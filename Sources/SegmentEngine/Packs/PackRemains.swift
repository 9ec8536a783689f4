internal import SegmentFiles

/// Where a segment of a pack stands, and its directory entry where that can be read.
struct RemainingPlace {
  var offset: UInt64
  var entry: Range<UInt64>?
}

/// Finds the segments of a pack whose directory, footer or header cannot be trusted: by the locators, else by going through
/// the directory, else by the headers that stand before segments and blocks.
struct PackRemains {
  let pack: PackFile
  /// In order of offset, which is that of sessions.
  private(set) var places: [RemainingPlace] = []
  /// Parts that held segments and that nothing can be read from.
  private(set) var unreadable: [Range<UInt64>] = []
  /// False where neither footer nor directory is left: what stood behind the last segment nothing tells.
  private(set) var hasEnd = true

  /// Events of the segments that were erased, as far as their markers can be read.
  private(set) var erasedEvents: UInt64 = 0
  /// Bytes of the file that are there.
  let size: UInt64
  /// Segments whose entries can be read, and those that were erased, by where they begin.
  private var known: [UInt64: (end: UInt64, entry: Range<UInt64>?)] = [:]

  /// Longer entries are not looked for where nothing tells where they begin: what looks like one mostly is none.
  private static let searchedEntry = 1 << 20
  private static let step = 1 << 20

  init(_ pack: PackFile) throws(StoreError) {
    self.pack = pack
    size = min(pack.facts.fileBytes, try inStore(pack.layout) { () throws(FileError) in try pack.file.facts().size })
  }

  mutating func find() throws(StoreError) {
    let begin = min(size, UInt64(PackHeader.size))
    if let footer = try attempt({ () throws(StoreError) in try pack.readFooter() }) {
      if let found = try attempt({ () throws(StoreError) in try pack.readEnd() }) {
        for locator in found.locators {
          let start = UInt64(locator.offset)
          _ = try take(entryAt: start..<start + UInt64(locator.length))
        }
      } else {
        try searchEntries(footer.directoryOffset..<footer.locatorsOffset, isDirectory: true)
      }
      try walk(begin..<max(begin, footer.directoryOffset))
    } else {
      // Where the directory begins is not known: the segments are gone through first, and it is what follows them.
      try walk(begin..<size)
      hasEnd = false
      if let last = unreadable.last, last.upperBound == size {
        unreadable.removeLast()
        try searchEntries(last, isDirectory: false)
        if let directory = known.values.compactMap({ $0.entry?.lowerBound }).min() {
          hasEnd = true
          unreadable.removeAll()
          places.removeAll()
          try walk(begin..<max(begin, directory))
        } else {
          unreadable.append(last)
        }
      }
    }
    places.sort { $0.offset < $1.offset }
  }

  /// Nil where the store has lost what was asked for.
  private func attempt<T>(_ body: () throws(StoreError) -> T) throws(StoreError) -> T? {
    do throws(StoreError) { return try body() } catch {
      guard error.isLoss else { throw error }
      return nil
    }
  }

  // MARK: The directory

  /// Reads an entry and keeps where its segment stands. False where there is none.
  private mutating func take(entryAt range: Range<UInt64>) throws(StoreError) -> Bool {
    guard range.upperBound <= size, range.count >= SegmentEntry.erasedSize,
      let bytes = try attempt({ () throws(StoreError) in
        try pack.read(at: range.lowerBound, count: range.count, "directory entry")
      })
    else { return false }
    if let entry = try? SegmentEntry.decode(bytes, pack: pack.id, at: range.lowerBound) {
      known[entry.offset] = (entry.offset + entry.length, range)
      return true
    }
    if let erased = try? ErasedEntry.decode(bytes, pack: pack.id, at: range.lowerBound) {
      known[erased.offset] = (erased.offset + erased.length, nil)
      erasedEvents += erased.events
      return true
    }
    return false
  }

  /// Goes through a part of the file that holds entries, from one to the next; behind one that is damaged it looks for
  /// another by length, state and checksum. Where it `isDirectory`, one stands at its very beginning.
  private mutating func searchEntries(_ range: Range<UInt64>, isDirectory: Bool) throws(StoreError) {
    var at = range.lowerBound
    var isSearching = !isDirectory
    var buffer: (base: UInt64, bytes: [UInt8]) = (0, [])
    while at + UInt64(SegmentEntry.erasedSize) <= range.upperBound {
      if at < buffer.base || at + 9 > buffer.base + UInt64(buffer.bytes.count) {
        let count = Int(min(UInt64(Self.step), range.upperBound - at))
        guard let bytes = try attempt({ () throws(StoreError) in try pack.read(at: at, count: count, "directory") })
        else { return }
        buffer = (at, bytes)
      }
      let place = Int(at - buffer.base)
      let length = UInt64(ByteReader(buffer.bytes, in: place..<place + 4).littleEndian)
      let limit = isSearching ? min(range.upperBound - at, UInt64(Self.searchedEntry)) : range.upperBound - at
      if length >= UInt64(SegmentEntry.erasedSize), length <= limit, 1...2 ~= buffer.bytes[place + 8],
        try take(entryAt: at..<at + length)
      {
        isSearching = false
        at += length
      } else {
        isSearching = true
        at += 1
      }
    }
  }

  // MARK: The segments

  /// Goes through a part of the file that holds segments: by the entries that are known, else by the segments' headers.
  private mutating func walk(_ range: Range<UInt64>) throws(StoreError) {
    let starts = known.keys.sorted()
    var next = starts[...]
    var at = range.lowerBound
    while at < range.upperBound {
      while let start = next.first, start < at { next.removeFirst() }
      if next.first == at, let segment = known[at] {
        if let entry = segment.entry { places.append(RemainingPlace(offset: at, entry: entry)) }
        at = max(at + 1, segment.end)
        continue
      }
      let limit = min(range.upperBound, next.first ?? range.upperBound)
      if let header = try header(at: at) {
        places.append(RemainingPlace(offset: at))
        at = min(limit, at + UInt64(header.length) + UInt64(header.header.blocksLength))
        continue
      }
      let found = try search(at..<limit)
      // Zeros are what is left of erased segments. The number that a directory begins with may begin with some, too.
      if let lost = found.lost { unreadable.append(max(at, lost - min(lost, 3))..<found.next) }
      at = max(at + 1, found.next)
    }
  }

  private func header(at offset: UInt64) throws(StoreError) -> (header: SegmentHeader, length: Int)? {
    try SegmentRemains.header(of: pack, at: offset, size: size)
  }

  /// Where the next segment with a valid header begins, or the end; and the first byte before it that is not zero.
  private func search(_ range: Range<UInt64>) throws(StoreError) -> (next: UInt64, lost: UInt64?) {
    var lost: UInt64?
    var at = range.lowerBound
    while at < range.upperBound {
      // Overlapping, so that a magic number is not cut in two.
      let count = Int(min(UInt64(Self.step), range.upperBound - at))
      guard let bytes = try attempt({ () throws(StoreError) in try pack.read(at: at, count: count, "segment") }) else {
        return (range.upperBound, lost ?? at)
      }
      for place in bytes.indices where bytes[place] != 0 {
        let offset = at + UInt64(place)
        if bytes[place] == 0x53, offset > range.lowerBound, offset + 4 <= range.upperBound,
          place + 4 > bytes.count || bytes[place..<place + 4].elementsEqual([0x53, 0x47, 0x53, 0x48]),
          try header(at: offset) != nil
        {
          return (offset, lost)
        }
        lost = lost ?? offset
      }
      at += UInt64(count)
    }
    return (range.upperBound, lost)
  }
}

extension ByteReader {
  /// The first four bytes as a number; 0 where there are fewer.
  fileprivate var littleEndian: UInt32 {
    var reader = self
    return (try? reader.u32()) ?? 0
  }
}
