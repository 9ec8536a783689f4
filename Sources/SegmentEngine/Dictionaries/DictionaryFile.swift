internal import SegmentCodecs
internal import SegmentFiles

/// A dictionary on the disk (FORMAT.md "Dictionaries"): a header of 128 bytes and the content as a zstd frame, in two
/// copies of which each can take the place of the other.
enum DictionaryFile {
  static let headerSize = 128
  static let magic: UInt32 = 0x4344_4753  // SGDC
  static let version: UInt16 = 1
  static let contentLimit = 64 << 20

  /// Writes both copies and returns what the catalog is to know of them.
  static func install(
    _ content: [UInt8], project: String, version: UInt64, store: Identifier, _ environment: StoreEnvironment,
    _ layout: Layout
  ) throws(StoreError) -> DictionaryFacts {
    guard !content.isEmpty, content.count <= contentLimit else {
      throw StoreError(.invalidArgument, "a dictionary of \(content.count) bytes; it may have 1 to \(contentLimit)")
    }
    let id = environment.newIdentifier()
    let sha256 = unsafe SHA256.digest(content.span.bytes)
    var frame: [UInt8] = []
    do {
      _ = try unsafe ZstdCompressor(level: 19).compress(content.span.bytes, dictionary: nil, appendingTo: &frame)
    } catch {
      throw StoreError(.ioFailed, "a dictionary could not be compressed: \(error.detail)")
    }
    var writer = ByteWriter(reserving: headerSize + frame.count)
    writer.u32(magic)
    writer.u32(0)
    writer.u16(Self.version)
    writer.zeros(6)
    writer.identifier(store)
    writer.identifier(id)
    writer.raw(sha256)
    writer.u64(UInt64(content.count))
    writer.u64(UInt64(frame.count))
    writer.u32(Checksum.plain(frame, 0..<frame.count))
    writer.zeros(headerSize - writer.count)
    writer.patch(Checksum.plain(writer.bytes, 8..<headerSize), at: 4)
    writer.raw(frame)
    for copy in 0..<2 {
      let temporary = layout.temporaryFile(environment.newIdentifier())
      do throws(FileError) {
        let file = try environment.files.open(temporary, .create)
        try file.writeBytes(writer.bytes, at: 0)
        try Installation.install(
          temporary, file, as: layout.dictionary(id, copy: copy), in: layout.dictionaries, environment.files)
      } catch {
        try? environment.files.unlink(temporary)
        throw StoreError(error, in: layout)
      }
    }
    return DictionaryFacts(
      id: id, sha256: sha256, project: project, version: version, contentBytes: UInt64(content.count),
      fileBytes: UInt64(writer.count), created: environment.clock.now())
  }

  /// Removes both copies, as far as they are there.
  static func remove(_ id: Identifier, _ environment: StoreEnvironment, _ layout: Layout) {
    for copy in 0..<2 { try? environment.files.unlink(layout.dictionary(id, copy: copy)) }
  }

  /// Whether a copy is there, as long as it should be; by one `stat`.
  static func isThere(
    _ facts: DictionaryFacts, copy: Int, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) -> Bool {
    let found = try inStore(layout) { () throws(FileError) in
      try environment.files.facts(at: layout.dictionary(facts.id, copy: copy))
    }
    return found?.size == facts.fileBytes
  }

  /// Writes a copy again from the other one, which must be well. Returns false where that one is lost too.
  static func restore(
    _ facts: DictionaryFacts, copy: Int, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) -> Bool {
    do throws(StoreError) { _ = try read(facts, copy: 1 - copy, environment, layout) } catch {
      guard error.code == .damaged || error.code == .notFound else { throw error }
      return false
    }
    let path = layout.dictionary(facts.id, copy: copy)
    let temporary = layout.temporaryFile(environment.newIdentifier())
    do throws(FileError) {
      let other = layout.dictionary(facts.id, copy: 1 - copy)
      let bytes = try environment.files.open(other, .read)
        .readAgreed(at: 0, count: Int(facts.fileBytes), path: other)
      let file = try environment.files.open(temporary, .create)
      try file.writeBytes(bytes, at: 0)
      // The damaged one is in the way; the other copy stands in until the new one is in its place.
      if try environment.files.facts(at: path) != nil { try environment.files.unlink(path) }
      try Installation.install(temporary, file, as: path, in: layout.dictionaries, environment.files)
    } catch {
      try? environment.files.unlink(temporary)
      throw StoreError(error, in: layout)
    }
    _ = try read(facts, copy: copy, environment, layout)
    return true
  }

  /// Overwrites both copies with zeros, syncs them and removes them.
  static func destroy(
    _ facts: DictionaryFacts, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) {
    for copy in 0..<2 {
      let path = layout.dictionary(facts.id, copy: copy)
      try inStore(layout) { () throws(FileError) in
        try Zeros.destroy(path, environment.files)
      }
    }
    try inStore(layout) { () throws(FileError) in try environment.files.syncDirectory(layout.dictionaries) }
  }

  /// The content, from whichever copy is well, checked against the SHA-256 that the catalog names.
  static func read(
    _ facts: DictionaryFacts, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) -> [UInt8] {
    do { return try read(facts, copy: 0, environment, layout) } catch {
      return try read(facts, copy: 1, environment, layout)
    }
  }

  /// The content of one copy, checked against its header, its checksum and the SHA-256 that the catalog names.
  static func read(
    _ facts: DictionaryFacts, copy: Int, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) -> [UInt8] {
    let file = try readFile(facts, copy: copy, environment, layout)
    let content: [UInt8]
    do {
      content = try unsafe ZstdDecompressor().decompress(
        file.bytes.span.bytes.extracting(headerSize..<file.bytes.count), rawLength: file.rawLength, dictionary: nil)
    } catch {
      throw file.undecodable(error)
    }
    if unsafe SHA256.digest(content.span.bytes) != facts.sha256 {
      throw .damaged("a dictionary does not fit its SHA-256", file: file.name, offset: UInt64(headerSize))
    }
    return content
  }

  /// The dictionary, ready to decode with, from whichever copy is well.
  ///
  /// It is checked as blocks are, by CRC-32C: hashing megabytes takes ten times as long as reading and decompressing
  /// them, and whoever plays a session waits for it.
  static func load(
    _ facts: DictionaryFacts, _ contexts: ContextPool, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) -> ZstdDictionary {
    do { return try load(facts, copy: 0, contexts, environment, layout) } catch {
      return try load(facts, copy: 1, contexts, environment, layout)
    }
  }

  private static func load(
    _ facts: DictionaryFacts, copy: Int, _ contexts: ContextPool, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) -> ZstdDictionary {
    let file = try readFile(facts, copy: copy, environment, layout)
    do {
      return try unsafe ZstdDictionary(
        decompressing: file.bytes.span.bytes.extracting(headerSize..<file.bytes.count), rawLength: file.rawLength,
        contexts)
    } catch {
      throw file.undecodable(error)
    }
  }

  /// A copy whose header and checksum are well.
  private struct Checked {
    var name: String
    var bytes: [UInt8]
    var rawLength: Int

    func undecodable(_ error: CodecError) -> StoreError {
      .damaged("a dictionary does not decompress: \(error.detail)", file: name, offset: UInt64(headerSize))
    }
  }

  private static func readFile(
    _ facts: DictionaryFacts, copy: Int, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) -> Checked {
    let path = layout.dictionary(facts.id, copy: copy)
    let name = layout.relative(path)
    guard facts.fileBytes >= UInt64(headerSize), facts.fileBytes <= UInt64(2 * contentLimit) else {
      throw .damaged("the catalog gives an impossible size of a dictionary", file: name, offset: 0)
    }
    let (bytes, size) = try inStore(layout) { () throws(FileError) in
      let file = try environment.files.open(path, .read)
      let size = try file.facts().size
      // All at once: by itself the system often reads 128 KB after the other.
      file.prefetch(at: 0, count: min(facts.fileBytes, size))
      return (try file.readBytes(at: 0, count: Int(min(facts.fileBytes, size))), size)
    }
    guard bytes.count == Int(facts.fileBytes), size == facts.fileBytes else {
      throw .damaged("a dictionary has the wrong length", file: name, offset: UInt64(bytes.count))
    }
    let (length, checksum): (Int, UInt32)
    do throws(FormatError) {
      var reader = ByteReader(bytes, in: 0..<headerSize)
      guard try reader.u32() == magic else { throw FormatError(.wrongMagic, at: 0) }
      guard try reader.u32() == Checksum.plain(bytes, 8..<headerSize) else { throw FormatError(.wrongChecksum, at: 4) }
      _ = try FormatVersion.read(&reader, at: 8)
      try reader.skip(22)
      guard try reader.identifier() == facts.id, try reader.raw(32) == facts.sha256 else {
        throw FormatError(.invalid("name"), at: 32)
      }
      length = try reader.count("content", limit: UInt64(contentLimit))
      guard try reader.u64() == UInt64(bytes.count - headerSize) else { throw FormatError(.invalid("length"), at: 88) }
      checksum = try reader.u32()
    } catch {
      throw .damaged("a dictionary's header: \(error.text)", file: name, offset: UInt64(error.offset))
    }
    guard checksum == Checksum.plain(bytes, headerSize..<bytes.count) else {
      throw .damaged("a dictionary does not fit its checksum", file: name, offset: UInt64(headerSize))
    }
    return Checked(name: name, bytes: bytes, rawLength: length)
  }
}

extension ByteReader {
  /// A u64 that sizes something in memory.
  fileprivate mutating func count(_ what: StaticString, limit: UInt64) throws(FormatError) -> Int {
    let at = position
    let value = try u64()
    guard value <= limit else { throw FormatError(.tooLarge(what), at: at) }
    return Int(value)
  }
}
