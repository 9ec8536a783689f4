import SegmentCodecs
import SegmentEngine

/// Making blocks and opening them, checksum included and each in memory of its own as the engine does it, beside the bare
/// calls of zstd on the same bytes into memory that is reused.
enum BlockBench {
  static func run(_ recordings: [Recording], _ place: WorkPlace, _ report: inout Report) throws {
    let configuration = Configuration()
    // What a dictionary is made of must not be compressed with it.
    guard let first = recordings.first, recordings.count > 1 else { return }
    let content = Array(first.batches.flatMap(\.bytes).prefix(110 << 10))
    let others = Array(recordings.dropFirst())
    try measure(
      "level \(configuration.recentLevel), 256 KiB", cut(others, configuration.recentBlockBytes, atMost: 24 << 20),
      level: configuration.recentLevel, nil, place, &report)
    try measure(
      "level \(configuration.archiveLevel), dictionary", cut(others, configuration.archiveBlockBytes, atMost: 8 << 20),
      level: configuration.archiveLevel, content, place, &report)
  }

  private static func measure(
    _ what: String, _ blocks: [[UInt8]], level: Int, _ content: [UInt8]?, _ place: WorkPlace, _ report: inout Report
  ) throws {
    let bytes = blocks.reduce(0) { $0 + $1.count }
    let total = Double(bytes) / 1e6
    let dictionary = try content.map { try ZstdDictionary($0) }
    let compressor = try ZstdCompressor(level: level)
    let contexts = ContextPool(idleLimit: 1)
    let bare = try BareZstd(level: level, dictionary: content, longest: blocks.map(\.count).max() ?? 0)
    let encode = { (block: [UInt8]) throws -> [UInt8] in
      var frame: [UInt8] = []
      try unsafe compressor.compress(block.span.bytes, dictionary: dictionary, appendingTo: &frame)
      consume(CRC32C.checksum(frame))
      return frame
    }
    let frames = try blocks.map { (frame: try encode($0), length: $0.count) }
    var bareBytes = 0
    var engine: (encode: [Double], decode: [Double]) = ([], [])
    var limits: (encode: [Double], decode: [Double]) = ([], [])
    for _ in 0..<place.rounds {
      engine.encode.append(total / (try timed { for block in blocks { consume(try encode(block).count) } }))
      bareBytes = 0
      limits.encode.append(total / (try timed { for block in blocks { bareBytes += try bare.compress(block) } }))
      engine.decode.append(
        total
          / (try timed {
            for (frame, length) in frames {
              consume(CRC32C.checksum(frame))
              let decoded = try contexts.withDecompressor { decompressor throws(CodecError) in
                try unsafe decompressor.decompress(frame.span.bytes, rawLength: length, dictionary: dictionary)
              }
              consume(decoded.count)
            }
          }))
      limits.decode.append(
        total / (try timed { for (frame, length) in frames { try bare.decompress(frame, length: length) } }))
    }
    let stored = frames.reduce(0) { $0 + $1.frame.count }
    report.speed(
      "block", "encoding, \(what)", median(engine.encode), "MB/s", limit: median(limits.encode), atLeast: 0.9,
      "limit: ZSTD_compress\(content == nil ? "CCtx" : "_usingCDict"); \(stored / 1_000) KB, bare \(bareBytes / 1_000) KB"
    )
    report.speed(
      "block", "decoding, \(what)", median(engine.decode), "MB/s", limit: median(limits.decode), atLeast: 0.7,
      "limit: ZSTD_decompress\(content == nil ? "DCtx" : "_usingDDict")")
  }

  /// Batches joined to blocks, as many as make so many bytes.
  private static func cut(_ recordings: [Recording], _ target: Int, atMost limit: Int) -> [[UInt8]] {
    var blocks: [[UInt8]] = []
    var left = limit
    for recording in recordings where left > 0 {
      var block: [UInt8] = []
      for batch in recording.batches {
        if !block.isEmpty, block.count + batch.bytes.count > target {
          blocks.append(block)
          block = []
        }
        block += batch.bytes
      }
      if !block.isEmpty { blocks.append(block) }
      left -= recording.bytes
    }
    return blocks
  }
}
