internal import SegmentFiles

/// Overwrites parts of files with zeros.
enum Zeros {
  private static let chunk = [UInt8](repeating: 0, count: 1 << 16)

  /// Overwrites a range; not yet synced.
  static func overwrite(_ file: any StorageFile, _ range: Range<UInt64>) throws(FileError) {
    var at = range.lowerBound
    while at < range.upperBound {
      let count = Int(min(UInt64(chunk.count), range.upperBound - at))
      try unsafe file.write(chunk.span.bytes.extracting(0..<count), at: at)
      at += UInt64(count)
    }
  }

  /// Overwrites all of a file, syncs it, and removes its name; harmless where it is gone. A file that has other names too,
  /// in a snapshot or kept aside for salvage, only loses this one.
  static func destroy(_ path: String, _ files: any FileSystem) throws(FileError) {
    guard let facts = try files.facts(at: path), facts.kind == .file else { return }
    if facts.links > 1 { return try files.unlink(path) }
    let file = try files.open(path, .write)
    try overwrite(file, 0..<facts.size)
    try file.syncData()
    try files.unlink(path)
  }

  /// Gives the space of whole pages in a range back, which reads as zeros already. Where the file system knows no holes
  /// nothing happens.
  static func free(_ file: any StorageFile, _ range: Range<UInt64>, page: UInt64 = 4_096) {
    let start = (range.lowerBound + page - 1) / page * page
    let end = range.upperBound / page * page
    if start < end { try? file.punchHole(at: start, count: end - start) }
  }
}
