import CSegmentZstd

extension ZstdDictionary {
  /// Content with entropy tables before it, made for frames of `samples` at `level`, and `id`, which frames then name.
  ///
  /// The library looks at the first 128 KiB of each sample. It wants a few samples and content of 256 bytes or more;
  /// `.unsupported` says that it could not make tables of these. Whether the tables help is for the
  /// caller to measure: they save the most where blocks are small.
  package static func finalize(
    _ content: [UInt8], samples: [[UInt8]], level: Int, id: UInt32
  ) throws(CodecError) -> [UInt8] {
    try ZstdLibrary.requireLevel(level)
    let longest = 128 << 10
    var joined: [UInt8] = []
    var sizes: [Int] = []
    joined.reserveCapacity(samples.reduce(0) { $0 + min($1.count, longest) })
    for sample in samples where !sample.isEmpty {
      joined.append(contentsOf: sample.prefix(longest))
      sizes.append(min(sample.count, longest))
    }
    let parameters = ZDICT_params_t(compressionLevel: Int32(level), notificationLevel: 0, dictID: id)
    // The header of entropy tables stays below 1 KiB.
    var result = [UInt8](repeating: 0, count: content.count + 1024)
    let capacity = result.count
    let count = unsafe result.withUnsafeMutableBytes { target in
      unsafe content.withUnsafeBytes { content in
        unsafe joined.withUnsafeBytes { joined in
          unsafe ZDICT_finalizeDictionary(
            target.baseAddress, capacity, content.baseAddress, content.count, joined.baseAddress, sizes,
            UInt32(sizes.count), parameters)
        }
      }
    }
    guard ZDICT_isError(count) == 0 else {
      throw CodecError(.zstd, .unsupported, "no entropy tables: \(unsafe String(cString: ZDICT_getErrorName(count)))")
    }
    result.removeSubrange(count...)
    return result
  }
}
