/// Makes a dictionary of sessions' NDJSON.
enum SampleCutter {
  /// zstd looks at no more of a sample when it counts symbols.
  private static let piece = 128 << 10
  /// Samples per byte of dictionary, as ZDICT advises: a hundred times as much.
  private static let plenty = 100

  /// nil where the samples are too few to make one of.
  static func dictionary(of samples: [[UInt8]], size: Int) -> [UInt8]? {
    let pieces = samples.flatMap { sample in
      stride(from: 0, to: sample.count, by: piece).map { Array(sample[$0..<min($0 + piece, sample.count)]) }
    }
    let total = pieces.reduce(0) { $0 + $1.count }
    // Evenly from all of them, so that no site is left out.
    let step = max(1, total / (size * plenty))
    let chosen = stride(from: 0, to: pieces.count, by: step).map { pieces[$0] }
    return Zstd.train(chosen, size: size)
  }
}
