package import SegmentFiles

/// A pack that is open for reading. Knows where things are; keeps nothing but the descriptor.
package final class PackFile: Sendable {
  package let facts: PackFacts
  package let layout: Layout
  package let file: any StorageFile

  package var id: Identifier { facts.id }
  /// The file, as messages name it.
  package var name: String { layout.relative(layout.pack(facts.id)) }

  /// With a patch that the catalog names it is read as if that were carried out.
  package convenience init(
    _ facts: PackFacts, _ environment: StoreEnvironment, _ layout: Layout, patch: FilePatch? = nil
  ) throws(StoreError) {
    let opened = try inStore(layout) { () throws(FileError) in
      try environment.files.open(layout.pack(facts.id), .read)
    }
    self.init(facts, layout, patch.map { PatchedFile(opened, $0) } ?? opened)
  }

  private init(_ facts: PackFacts, _ layout: Layout, _ file: any StorageFile) {
    self.facts = facts
    self.layout = layout
    self.file = file
  }

  /// The same, for going through all of it from front to back.
  func readingAhead(in ahead: ReadAheadFile) -> PackFile { PackFile(facts, layout, ahead) }

  /// Throws `.newerFormat` where a newer version wrote it. Other damage of the header is for `verify` to tell: reading
  /// does not need it.
  private func checkVersion() throws(StoreError) {
    let bytes = try read(at: 0, count: PackHeader.size, "header")
    do { _ = try PackHeader.decode(bytes) } catch {
      if case .newerVersion(let version) = error.reason { throw .newerFormat(name, version: version) }
    }
  }

  /// Footer and locators, by one read from the end; the version by another.
  package func readEnd() throws(StoreError) -> (footer: PackFooter, locators: LocatorTable) {
    if facts.footerBytes > Self.longRead, facts.footerBytes <= facts.fileBytes {
      file.prefetch(at: facts.fileBytes - facts.footerBytes, count: facts.footerBytes)
    }
    try checkVersion()
    return try readTwice(file) { () throws(StoreError) in try readEndOnce() }
  }

  private func readEndOnce() throws(StoreError) -> (footer: PackFooter, locators: LocatorTable) {
    let size = facts.fileBytes
    guard facts.footerBytes <= size, facts.footerBytes < 1 << 32 else {
      throw .damaged("the catalog gives an impossible footer", file: name, offset: size)
    }
    let offset = size - facts.footerBytes
    let bytes = try read(at: offset, count: Int(facts.footerBytes), "footer")
    do throws(FormatError) {
      let footer = try PackFooter.decode(bytes, fileBytes: size, pack: id)
      guard footer.locatorsOffset == offset else { throw FormatError(.invalid("locators"), at: 0) }
      let end = bytes.count - PackFooter.size
      guard Checksum.placed(id, offset, bytes, 0..<end) == footer.locatorsChecksum else {
        throw FormatError(.wrongChecksum, at: 0)
      }
      let locators = try LocatorTable(
        bytes, count: Int(footer.segments), directory: footer.directoryOffset..<footer.locatorsOffset)
      return (footer, locators)
    } catch {
      throw .damaged("the footer of a pack: \(error.text)", file: name, offset: offset + UInt64(error.offset))
    }
  }

  /// The footer alone, by one read.
  func readFooter() throws(StoreError) -> PackFooter {
    try readTwice(file) { () throws(StoreError) in try readFooterOnce() }
  }

  private func readFooterOnce() throws(StoreError) -> PackFooter {
    let size = facts.fileBytes
    guard size >= UInt64(PackFooter.size) else {
      throw .damaged("the catalog gives an impossible size of a pack", file: name, offset: 0)
    }
    let offset = size - UInt64(PackFooter.size)
    let bytes = try read(at: offset, count: PackFooter.size, "footer")
    do throws(FormatError) { return try PackFooter.decode(bytes, fileBytes: size, pack: id) } catch {
      throw .damaged("the footer of a pack: \(error.text)", file: name, offset: offset + UInt64(error.offset))
    }
  }

  /// A directory entry, by one read; nil where it was erased.
  package func readEntry(offset: UInt32, length: UInt32) throws(StoreError) -> SegmentEntry? {
    guard length >= 9, UInt64(offset) + UInt64(length) <= facts.fileBytes else {
      throw .damaged("a locator points outside of its pack", file: name, offset: UInt64(offset))
    }
    return try readTwice(file) { () throws(StoreError) in try readEntryOnce(offset: offset, length: length) }
  }

  private func readEntryOnce(offset: UInt32, length: UInt32) throws(StoreError) -> SegmentEntry? {
    let bytes = try read(at: UInt64(offset), count: Int(length), "directory entry")
    do {
      return try SegmentEntry.decode(bytes, pack: id, at: UInt64(offset))
    } catch {
      throw .damaged(
        "a directory entry: \(error.text)", file: name, offset: UInt64(offset) + UInt64(error.offset))
    }
  }

  /// What the marker of an erased segment says, by one read. Throws `.damaged` where there is none.
  func readErased(offset: UInt32, length: UInt32) throws(StoreError) -> ErasedEntry {
    let bytes = try read(at: UInt64(offset), count: Int(length), "directory entry")
    do throws(FormatError) {
      guard let erased = try ErasedEntry.decode(bytes, pack: id, at: UInt64(offset)),
        erased.offset + erased.length <= facts.fileBytes
      else { throw FormatError(.invalid("state"), at: 8) }
      return erased
    } catch {
      throw .damaged("a directory entry: \(error.text)", file: name, offset: UInt64(offset) + UInt64(error.offset))
    }
  }

  /// The frame of a block as it is stored, checked, by one read.
  package func readFrame(_ block: BlockEntry, of session: SessionKey) throws(StoreError) -> [UInt8] {
    try readTwice(file) { () throws(StoreError) in try readFrameOnce(block, of: session) }
  }

  private static let longRead = 128 << 10

  private func readFrameOnce(_ block: BlockEntry, of session: SessionKey) throws(StoreError) -> [UInt8] {
    // All at once: by itself the system often reads 128 KB after the other.
    if block.stored > Self.longRead { file.prefetch(at: block.frameOffset, count: UInt64(block.stored)) }
    let bytes = try read(at: block.frameOffset, count: block.stored, "block")
    guard Checksum.placed(id, block.frameOffset, bytes, 0..<bytes.count) == block.frameChecksum else {
      throw wrongChecksum(of: block, session)
    }
    return bytes
  }

  func wrongChecksum(of block: BlockEntry, _ session: SessionKey) -> StoreError {
    .damaged(
      "a block does not fit its checksum", file: name, offset: block.frameOffset, length: UInt64(block.stored),
      session: session)
  }

  /// More bytes are only asked for, and memory taken for them, where the file has them: what the catalog says of its size may
  /// be wrong.
  private static let believed = 1 << 20

  package func read(at offset: UInt64, count: Int, _ what: String) throws(StoreError) -> [UInt8] {
    guard offset + UInt64(count) <= facts.fileBytes else {
      throw .damaged("a \(what) lies outside of its pack", file: name, offset: offset)
    }
    if count > Self.believed {
      let size = try inStore(layout) { () throws(FileError) in try file.facts().size }
      guard size >= offset + UInt64(count) else {
        throw .damaged("the file is cut short inside a \(what)", file: name, offset: min(size, offset))
      }
    }
    let bytes = try inStore(layout) { () throws(FileError) in try file.readBytes(at: offset, count: count) }
    guard bytes.count == count else {
      throw .damaged("the file is cut short inside a \(what)", file: name, offset: offset + UInt64(bytes.count))
    }
    return bytes
  }
}
