import CSegmentZstd

extension ZstdDictionary {
  /// Content with entropy tables before it, made for frames of `samples` at `level`, and `id`, which frames then name.
  ///
  /// The library looks at the first 128 KiB of each sample, and puts zeros before very short content. Throws
  /// `.unsupported` for a level that there is not, for no samples, and where tables could not be made of these. Whether
  /// they help is for the caller to measure: they save the most where blocks are small.
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
    guard !sizes.isEmpty else { throw CodecError(.zstd, .unsupported, "no entropy tables without samples") }
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
