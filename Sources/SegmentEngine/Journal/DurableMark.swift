internal import SegmentFiles

/// How far the journal in use is durable, for other processes (FORMAT.md "Durable mark").
struct DurableMark: Equatable {
  static let size = 64
  static let magic: UInt32 = 0x5544_4753  // SGDU

  var journal: Identifier
  var position: UInt64

  func encode() -> [UInt8] {
    var writer = ByteWriter(reserving: Self.size)
    writer.u32(Self.magic)
    writer.u32(0)
    writer.identifier(journal)
    writer.u64(position)
    writer.zeros(Self.size - writer.count)
    writer.patch(Checksum.plain(writer.bytes, 8..<Self.size), at: 4)
    return writer.bytes
  }

  /// Nil where the bytes say nothing.
  static func decode(_ bytes: [UInt8]) -> DurableMark? {
    guard bytes.count == size else { return nil }
    var reader = ByteReader(bytes)
    do throws(FormatError) {
      guard try reader.u32() == magic, try reader.u32() == Checksum.plain(bytes, 8..<size) else { return nil }
      let mark = DurableMark(journal: try reader.identifier(), position: try reader.u64())
      return reader.restIsZero() ? mark : nil
    } catch {
      return nil
    }
  }

  /// The mark of a store; nil where there is none that can be read.
  static func read(_ environment: StoreEnvironment, _ layout: Layout) -> DurableMark? {
    for _ in 0..<2 {
      guard let file = try? environment.files.open(layout.durable, .read) else { continue }
      if let mark = (try? file.readBytes(at: 0, count: size)).flatMap(decode) { return mark }
      file.forgetCached()
    }
    return nil
  }

  /// Opens the mark's file for the writer, making it where it is missing.
  static func open(_ environment: StoreEnvironment, _ layout: Layout) throws(FileError) -> any StorageFile {
    if try environment.files.facts(at: layout.durable) == nil {
      return try environment.files.open(layout.durable, .create)
    }
    return try environment.files.open(layout.durable, .write)
  }
}
