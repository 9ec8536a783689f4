import CSegmentZlib

/// A file with a recording, or with one window of it.
struct RecordingFile: Sendable, Equatable {
  /// Where it is.
  var path: String
  /// The window its events come from.
  var window = ""

  init(_ path: String, window: String = "") {
    self.path = path
    self.window = window
  }

  /// The file's name without folders and without `.gz` or `.zst`.
  var name: String {
    Self.name(of: path)
  }

  /// The file's name without its endings: what its session is called unless something else is said.
  var stem: String {
    Self.without([".ndjson", ".json"], name)
  }

  /// The part of the stem behind its last dot; the whole stem where it has none.
  var windowName: String {
    stem.split(separator: ".", omittingEmptySubsequences: true).last.map(String.init) ?? stem
  }

  /// A path's last part without `.gz` or `.zst`.
  static func name(of path: String) -> String {
    let last = path.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? path
    return without([".gz", ".zst"], last)
  }

  private static func without(_ endings: [String], _ name: String) -> String {
    let ending = endings.first { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }
    guard let ending else { return name }
    return String(name.dropLast(ending.count))
  }
}

/// What one pass over a file tells of it.
struct Survey: Sendable, Equatable {
  /// CRC-32 of its content, as zlib counts it: what batch IDs are made of.
  var checksum: UInt32 = 0
  /// Its content, decompressed, in bytes.
  var bytes: UInt64 = 0
  /// True where it is a JSON array and not NDJSON.
  var isArray = false

  /// Reads a file once. Throws `Failure`.
  init(_ path: String) throws {
    let source = try ContentSource.open(path)
    var first: UInt8?
    while true {
      let chunk = try source.next()
      if chunk.isEmpty { break }
      bytes += UInt64(chunk.count)
      checksum = unsafe chunk.withUnsafeBufferPointer {
        unsafe UInt32(truncatingIfNeeded: crc32(UInt(checksum), $0.baseAddress, UInt32($0.count)))
      }
      if first == nil { first = chunk.first { !Self.isSpace($0) } }
    }
    isArray = first == UInt8(ascii: "[")
  }

  /// White space as JSON has it.
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
