internal import SegmentFiles

/// Reads the directory of a pack from first entry to last, in order of (project, session, ordinal).
///
/// Reads `window` bytes ahead, so that many packs may be gone through side by side in bounded memory.
final class DirectoryReader {
  let pack: PackFile
  /// Where in the pack the segment stands that `next` gave last.
  private(set) var entry: Range<UInt64> = 0..<0
  private let end: UInt64
  private var position: UInt64
  private var buffer: [UInt8] = []
  /// Where in the pack the buffer begins.
  private var base: UInt64
  private let window: Int

  /// Reads the footer. Throws `.damaged` where that cannot be read.
  init(_ pack: PackFile, window: Int = 256 << 10) throws(StoreError) {
    let footer = try pack.readFooter()
    self.pack = pack
    self.window = window
    position = footer.directoryOffset
    base = position
    end = footer.locatorsOffset
  }

  /// The next segment; nil behind the last. Erased ones are passed over. Throws `.damaged` where an entry cannot be read.
  func next() throws(StoreError) -> SegmentEntry? {
    while position < end {
      var length = Int(try bytes(4).withLittleEndian)
      if length < 9 || UInt64(length) > end - position {
        // Nothing of the buffer is believed that does not fit.
        buffer = []
        base = position
        pack.file.forgetCached()
        length = Int(try bytes(4).withLittleEndian)
      }
      guard length >= 9, UInt64(length) <= end - position else {
        throw .damaged("a directory entry has an impossible length", file: pack.name, offset: position)
      }
      let at = position
      var bytes = try bytes(length)
      position += UInt64(length)
      for attempt in 0..<2 {
        do {
          guard let found = try SegmentEntry.decode(bytes, pack: pack.id, at: at) else { break }
          entry = at..<position
          return found
        } catch {
          // Read while it was being erased: what is there now is whole.
          if attempt == 0 {
            bytes = try pack.read(at: at, count: length, "directory entry")
            continue
          }
          throw .damaged("a directory entry: \(error.text)", file: pack.name, offset: at + UInt64(error.offset))
        }
      }
    }
    return nil
  }

  /// So many bytes from `position` on.
  private func bytes(_ count: Int) throws(StoreError) -> [UInt8] {
    guard UInt64(count) <= end - position else {
      throw .damaged("the directory ends inside of an entry", file: pack.name, offset: position)
    }
    if position < base || position + UInt64(count) > base + UInt64(buffer.count) {
      let wanted = min(UInt64(max(count, window)), end - position)
      buffer = try pack.read(at: position, count: Int(wanted), "directory")
      base = position
    }
    let start = Int(position - base)
    return Array(buffer[start..<start + count])
  }
}

extension [UInt8] {
  /// The first four bytes as a number.
  fileprivate var withLittleEndian: UInt32 {
    prefix(4).enumerated().reduce(0) { $0 | UInt32($1.element) << (8 * UInt32($1.offset)) }
  }
}
