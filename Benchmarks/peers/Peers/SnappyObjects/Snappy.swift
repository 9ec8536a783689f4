import CSnappy

/// Blocks of Snappy, from many threads at once: it keeps nothing between calls.
enum Snappy {
  /// Longest block that is taken back, bytes: more than any batch, so that a damaged length sizes nothing.
  static let limit = 1 << 28

  static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    let bound = snappy_max_compressed_length(bytes.count)
    return try unsafe bytes.withUnsafeBytes { input in
      try unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
        var length = bound
        let status = unsafe snappy_compress(
          input.bindMemory(to: CChar.self).baseAddress, input.count,
          UnsafeMutableRawBufferPointer(output).bindMemory(to: CChar.self).baseAddress, &length)
        guard status == SNAPPY_OK else { throw PeerError("Snappy cannot compress a block of \(input.count) bytes") }
        count = length
      }
    }
  }

  static func decompress(_ block: [UInt8]) throws -> [UInt8] {
    try unsafe block.withUnsafeBytes { raw in
      let input = unsafe raw.bindMemory(to: CChar.self)
      var length = 0
      guard unsafe snappy_uncompressed_length(input.baseAddress, input.count, &length) == SNAPPY_OK, length <= limit
      else { throw PeerError("a block of Snappy states no length, or one above \(limit) bytes: its object is damaged") }
      return try unsafe [UInt8](unsafeUninitializedCapacity: length) { output, count in
        let status = unsafe snappy_uncompress(
          input.baseAddress, input.count,
          UnsafeMutableRawBufferPointer(output).bindMemory(to: CChar.self).baseAddress, &length)
        guard status == SNAPPY_OK else {
          throw PeerError("a block of Snappy is damaged: restore its object from a copy")
        }
        count = length
      }
    }
  }
}
