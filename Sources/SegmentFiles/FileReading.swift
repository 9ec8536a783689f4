extension StorageFile {
  /// Reads `count` bytes from `offset` on; the result is shorter only at the end of the file.
  ///
  /// Memory for `count` bytes is taken before anything is read: a count that comes from a file must have been
  /// checked against a limit.
  package func readBytes(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
    guard count > 0 else { return [] }
    return try [UInt8](capacity: count) { (span: inout OutputSpan<UInt8>) throws(FileError) in
      try unsafe span.withUnsafeMutableBufferPointer { (buffer, length) throws(FileError) in
        // Not filled with zeros first: `read` only writes to it, and what it did not reach does not count.
        let memory = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count])
        var raw = unsafe memory.mutableBytes
        length = min(count, try read(into: &raw, at: offset))
      }
    }
  }

  /// As `readBytes`, for bytes that no checksum covers and that are written again on the word of this: two reads in a row
  /// must agree, the later one from the disk itself. Throws `EIO`, naming `path`, where four reads differ.
  package func readAgreed(at offset: UInt64, count: Int, path: String) throws(FileError) -> [UInt8] {
    var bytes = try readBytes(at: offset, count: count)
    for _ in 0..<3 {
      forgetCached()
      let again = try readBytes(at: offset, count: count)
      if again == bytes { return bytes }
      bytes = again
    }
    throw FileError(.read, path: path, errno: FileError.inputOutput)
  }

  /// Writes all of `bytes` at `offset`. After an error an unknown part of it is written.
  package func writeBytes(_ bytes: [UInt8], at offset: UInt64) throws(FileError) {
    unsafe try write(bytes.span.bytes, at: offset)
  }
}
