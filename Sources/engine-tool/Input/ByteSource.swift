/// Bytes from the start of something to its end.
protocol ByteSource: AnyObject {
  /// The next bytes; none at the end. Throws `Failure`.
  func next() throws -> [UInt8]
}

extension InputFile: ByteSource {}

/// A file's content, whatever it is compressed with: by the ending of its name, or else by its first bytes.
enum ContentSource {
  /// Opens a file. Throws `Failure`.
  static func open(_ path: String) throws -> any ByteSource {
    let file = try InputFile(path)
    if path.hasSuffix(".gz") { return try GzipSource(file, path) }
    if path.hasSuffix(".zst") { return try ZstdSource(file, path) }
    // NDJSON begins with a brace, a quotation mark or white space, so none of these can be meant as text.
    let start = try InputFile(path).next().prefix(4)
    if start.starts(with: [0x1F, 0x8B]) { return try GzipSource(file, path) }
    if start.elementsEqual([0x28, 0xB5, 0x2F, 0xFD]) { return try ZstdSource(file, path) }
    return file
  }

  /// How much is decompressed at a time, in bytes.
  static let chunk = 256 << 10
}
