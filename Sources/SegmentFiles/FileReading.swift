extension StorageFile {
  /// Reads `count` bytes from `offset` on; the result is shorter only at the end of the file.
  ///
  /// Memory for `count` bytes is taken before anything is read: a count that comes from a file must have been
  /// checked against a limit.
  package func readBytes(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
    guard count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    let length: Int
    do {
      var elements = bytes.mutableSpan
      var raw = unsafe elements.mutableBytes
      length = try read(into: &raw, at: offset)
    }
    if length < count { bytes.removeLast(count - length) }
    return bytes
  }

  /// Writes all of `bytes` at `offset`. After an error an unknown part of it is written.
  package func writeBytes(_ bytes: [UInt8], at offset: UInt64) throws(FileError) {
    unsafe try write(bytes.span.bytes, at: offset)
  }
}
