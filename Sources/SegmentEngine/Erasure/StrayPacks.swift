internal import SegmentFiles

/// Packs that the catalog does not name: left behind by a crash, or being written now by a process whose commit will not
/// hold once a session in it was erased. What they have of erased sessions is overwritten where it stands; nothing else of
/// them is touched, so that whoever is at them is not disturbed.
///
/// A pack that is being written has no directory yet, so it is gone through from the front, by its headers.
struct StrayPacks {
  let core: StoreCore

  func erase(_ sessions: [SessionKey]) throws(StoreError) {
    let wanted = Set(sessions)
    let named = Set(core.catalog.state.packs.map { core.layout.pack($0.id) })
    for folder in [core.layout.packs, core.layout.temporary] {
      let names = try inStore(core.layout) { () throws(FileError) in try core.environment.files.list(folder) }
      for name in names where !named.contains("\(folder)/\(name)") { try erase(wanted, in: "\(folder)/\(name)") }
    }
  }

  private func erase(_ sessions: Set<SessionKey>, in path: String) throws(StoreError) {
    do throws(FileError) {
      let file = try core.environment.files.open(path, .write)
      guard let header = try? PackHeader.decode(try file.readBytes(at: 0, count: PackHeader.size)) else { return }
      var isChanged = false
      var at = UInt64(PackHeader.size)
      while true {
        // Segments that were erased before are zeros.
        at = try Self.skipZeros(file, from: at)
        guard let segment = try segment(at: at, in: file, header.id) else { break }
        if sessions.contains(segment.session) {
          try Zeros.overwrite(file, at..<segment.end)
          isChanged = true
        }
        at = segment.end
      }
      // Behind the segments stands the directory, where it was written: its entries name the session too. The length that
      // an entry begins with may itself begin with zeros.
      let size = try file.facts().size
      for back in UInt64(0)..<4 where at >= back {
        guard try entry(at: at - back, in: file, header.id, size: size) != nil else { continue }
        at -= back
        break
      }
      while let entry = try entry(at: at, in: file, header.id, size: size) {
        if let found = entry.found, sessions.contains(found.session) {
          let marker = ErasedEntry(found).marker(pack: header.id, at: at, length: Int(entry.end - at))
          if let marker { try file.writeBytes(marker, at: at) }
          isChanged = true
        }
        at = entry.end
      }
      if isChanged { try file.syncData() }
    } catch {
      // Taken away by the process it belongs to.
      if error.errno == ErrorNumber.notFound { return }
      throw StoreError(error, in: core.layout)
    }
  }

  private static func skipZeros(_ file: any StorageFile, from start: UInt64) throws(FileError) -> UInt64 {
    var at = start
    while true {
      let chunk = try file.readBytes(at: at, count: 1 << 16)
      if let place = chunk.firstIndex(where: { $0 != 0 }) { return at + UInt64(place) }
      if chunk.isEmpty { return at }
      at += UInt64(chunk.count)
    }
  }

  /// The segment that begins at an offset, as far as it was written; nil where none does.
  private func segment(
    at offset: UInt64, in file: any StorageFile, _ pack: Identifier
  ) throws(FileError) -> (session: SessionKey, end: UInt64)? {
    let start = try file.readBytes(at: offset, count: SegmentHeader.fixedSize)
    guard start.count == SegmentHeader.fixedSize, let length = try? SegmentHeader.length(start) else { return nil }
    let bytes = try file.readBytes(at: offset, count: length)
    guard bytes.count == length, let header = try? SegmentHeader.decode(bytes, pack: pack, offset: offset) else {
      return nil
    }
    var end = offset + UInt64(length)
    if header.blocksLength > 0 { return (header.session, end + UInt64(header.blocksLength)) }
    // Not ended yet, or it has no blocks: these tell.
    while true {
      let bytes = try file.readBytes(at: end, count: 4_096)
      guard let block = try? BlockHeader.decode(bytes, pack: pack, offset: end) else { break }
      end += UInt64(block.length) + UInt64(block.header.stored)
    }
    return (header.session, min(end, max(try file.facts().size, offset + UInt64(length))))
  }

  /// The directory entry that begins at an offset; nil where none does.
  private func entry(
    at offset: UInt64, in file: any StorageFile, _ pack: Identifier, size: UInt64
  ) throws(FileError) -> (found: SegmentEntry?, end: UInt64)? {
    let head = try file.readBytes(at: offset, count: 4)
    guard head.count == 4 else { return nil }
    let length = head.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
    guard length >= UInt64(SegmentEntry.erasedSize), offset + length <= size else { return nil }
    let bytes = try file.readBytes(at: offset, count: Int(length))
    guard bytes.count == Int(length) else { return nil }
    do throws(FormatError) {
      return (try SegmentEntry.decode(bytes, pack: pack, at: offset), offset + length)
    } catch {
      return nil
    }
  }
}
