import CSegmentZstd

/// The dictionary one gets from zstd's own trainer: what others use, to compare with.
enum SampleDictionary {
  /// zstd's default, in bytes.
  static let size = 110 << 10
  /// Sessions are cut into samples of at most so many bytes, and at least so many.
  private static let pieces = (smallest: 1 << 10, largest: 128 << 10)
  /// So many samples there should be where the sessions hold little.
  private static let fewPieces = 64
  /// Samples in all, in bytes; of more, every second, third, ... piece is taken.
  static let sampleBytes = 100_000_000
  /// The trainer's search, as `zstd --train` runs it.
  private static let (shingle, steps): (UInt32, UInt32) = (8, 4)

  /// Trains on pieces spread evenly over the sessions, for use at `level`. Reads one session at a time and holds the
  /// samples. Nil where zstd finds too little to work with. Throws `Failure` where a file cannot be read.
  static func train(_ sessions: [BenchSession], level: Int32, _ progress: Progress) throws -> [UInt8]? {
    let total = Int(sessions.rawBytes)
    let length = min(max(total / fewPieces, pieces.smallest), pieces.largest)
    let step = max(1, (total + sampleBytes - 1) / sampleBytes)
    var samples: [UInt8] = []
    var lengths: [Int] = []
    var ordinal = 0
    for session in sessions {
      let content = try session.content()
      for start in stride(from: 0, to: content.count, by: length) {
        defer { ordinal += 1 }
        guard ordinal % step == 0 else { continue }
        let piece = content[start..<min(start + length, content.count)]
        samples += piece
        lengths.append(piece.count)
      }
      progress.add(content.count)
    }
    return train(samples, lengths, level: level)
  }

  private static func train(_ samples: [UInt8], _ lengths: [Int], level: Int32) -> [UInt8]? {
    var parameters = ZDICT_fastCover_params_t()
    parameters.d = shingle
    parameters.steps = steps
    parameters.zParams.compressionLevel = level
    var dictionary = [UInt8](repeating: 0, count: size)
    let written = unsafe ZDICT_optimizeTrainFromBuffer_fastCover(
      &dictionary, size, samples, lengths, UInt32(lengths.count), &parameters)
    guard ZDICT_isError(written) == 0 else { return nil }
    return Array(dictionary.prefix(written))
  }
}
