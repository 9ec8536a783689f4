import CSegmentLZ4
import SegmentCodecs

/// The journal's codec, batch by batch into memory of its own as the engine uses it, beside the bare calls into memory that
/// is reused.
enum LZ4Bench {
  static func run(_ recordings: [Recording], _ place: WorkPlace, _ report: inout Report) throws {
    let batches = recordings.flatMap(\.batches).map(\.bytes)
    let small = batches.filter { $0.count < 16 << 10 }
    try measure("batches", batches, atLeast: 0.85, place, &report)
    try measure("batches below 16 KiB", small, atLeast: nil, place, &report)
  }

  private static func measure(
    _ what: String, _ batches: [[UInt8]], atLeast goal: Double?, _ place: WorkPlace, _ report: inout Report
  ) throws {
    let bytes = batches.reduce(0) { $0 + $1.count }
    if bytes == 0 { return }
    let repeats = max(1, (24 << 20) / bytes)
    let total = Double(bytes * repeats) / 1e9
    var bare = BareLZ4(longest: batches.map(\.count).max() ?? 0)
    var blocks: [(block: [UInt8], length: Int)] = []
    for batch in batches {
      var block: [UInt8] = []
      try unsafe LZ4.compress(batch.span.bytes, appendingTo: &block)
      blocks.append((block, batch.count))
    }
    var engine: (compress: [Double], decompress: [Double]) = ([], [])
    var limits: (compress: [Double], decompress: [Double]) = ([], [])
    for _ in 0..<place.rounds {
      engine.compress.append(
        total
          / (try timed {
            for _ in 0..<repeats {
              for batch in batches {
                var block: [UInt8] = []
                try unsafe LZ4.compress(batch.span.bytes, appendingTo: &block)
                consume(block.count)
              }
            }
          }))
      limits.compress.append(
        total / timed { for _ in 0..<repeats { for batch in batches { consume(bare.compress(batch)) } } })
      engine.decompress.append(
        total
          / (try timed {
            for _ in 0..<repeats {
              for (block, length) in blocks {
                var content: [UInt8] = []
                try unsafe LZ4.decompress(block.span.bytes, rawLength: length, appendingTo: &content)
                consume(content.count)
              }
            }
          }))
      limits.decompress.append(
        total / timed { for _ in 0..<repeats { for (block, _) in blocks { consume(bare.decompress(block)) } } })
    }
    let stored = blocks.reduce(0) { $0 + min($1.block.count, $1.length) }
    report.speed(
      "lz4", "compressing \(what)", median(engine.compress), "GB/s", limit: median(limits.compress), atLeast: goal,
      "limit: LZ4_compress_fast; to \((1_000 * stored / bytes + 5) / 10) %, \(bytes / batches.count / 1_000) KB each")
    report.speed(
      "lz4", "decompressing \(what)", median(engine.decompress), "GB/s", limit: median(limits.decompress),
      "limit: LZ4_decompress_safe")
  }
}

/// The library's calls with nothing around them.
private struct BareLZ4 {
  private var block: [CChar]
  private var content: [CChar]

  init(longest: Int) {
    block = [CChar](repeating: 0, count: LZ4.maximumCompressedSize(of: longest))
    content = [CChar](repeating: 0, count: longest)
  }

  mutating func compress(_ bytes: [UInt8]) -> Int32 {
    unsafe bytes.withUnsafeBytes { source in
      unsafe LZ4_compress_fast(
        source.baseAddress?.assumingMemoryBound(to: CChar.self), &block, Int32(source.count), Int32(block.count), 1)
    }
  }

  mutating func decompress(_ bytes: [UInt8]) -> Int32 {
    unsafe bytes.withUnsafeBytes { source in
      unsafe LZ4_decompress_safe(
        source.baseAddress?.assumingMemoryBound(to: CChar.self), &content, Int32(source.count), Int32(content.count))
    }
  }
}
