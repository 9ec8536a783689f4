import SegmentCodecs
import SegmentEngine

/// Measures the blocks that a store holds of sessions: what they weigh, and what making and reading them takes.
struct TierMeter {
  let store: ReplayStore
  /// The folder of the store.
  let folder: String
  let meter: Meter

  /// A block as it lies there, and what it holds.
  private struct Loaded {
    var block: ByteRanges.Block
    var frame: [UInt8]
    var content: [UInt8]
  }

  /// Adds all sessions to `row`: the bytes the store says they take, blocks compressed again as the tier does it (at
  /// `level`, with the dictionary each names), and decompressed. Holds one session at a time.
  ///
  /// Throws `Failure` where a session is not what its file holds, or where compressing again gives other frames than
  /// the store wrote: the time would be that of something else.
  func measure(
    _ sessions: [(session: BenchSession, key: SessionKey)], level: Int, into row: inout BenchRow, _ progress: Progress
  ) async throws {
    let compressor = try ZstdCompressor(level: level)
    let decompressor = try ZstdDecompressor()
    var dictionaries: [DictionaryID: ZstdDictionary] = [:]
    for (session, key) in sessions {
      guard let summary = try await store.summary(of: key) else {
        throw Failure(.failed, "\(session.path) is not in the store it was put into")
      }
      let ranges = try await store.byteRanges(in: key)
      for case let id? in ranges.blocks.map(\.dictionary) where dictionaries[id] == nil {
        let dictionary = try ZstdDictionary(try await store.dictionary(id))
        // Makes the tables, which the engine makes once for all blocks.
        var nothing: [UInt8] = []
        _ = try unsafe compressor.compress([0].span.bytes, dictionary: dictionary, appendingTo: &nothing)
        dictionaries[id] = dictionary
      }
      var loaded = try load(ranges.blocks, decompressor, dictionaries)
      try BenchText.check(loaded.map(\.content), against: session)
      let times = try measure(&loaded, compressor, decompressor, dictionaries)
      row.add(raw: session.bytes, compressed: Int(summary.storedBytes), times.compression, times.decompression)
      progress.add(session.bytes)
    }
  }

  private func load(
    _ blocks: [ByteRanges.Block], _ decompressor: ZstdDecompressor, _ dictionaries: [DictionaryID: ZstdDictionary]
  ) throws -> [Loaded] {
    var packs: [String: PackBytes] = [:]
    return try blocks.map { block in
      if packs[block.file] == nil { packs[block.file] = try PackBytes("\(folder)/\(block.file)") }
      let frame = try packs[block.file]?.read(at: block.offset, count: block.length) ?? []
      guard block.codec == "zstd" else { return Loaded(block: block, frame: frame, content: frame) }
      let content = try unsafe decompressor.decompress(
        frame.span.bytes, rawLength: block.rawLength, dictionary: block.dictionary.flatMap { dictionaries[$0] })
      return Loaded(block: block, frame: frame, content: content)
    }
  }

  private func measure(
    _ blocks: inout [Loaded], _ compressor: ZstdCompressor, _ decompressor: ZstdDecompressor,
    _ dictionaries: [DictionaryID: ZstdDictionary]
  ) throws -> (compression: UInt64, decompression: UInt64) {
    var (compression, decompression): (UInt64, UInt64) = (0, 0)
    var (frame, content): ([UInt8], [UInt8]) = ([], [])
    for loaded in blocks {
      let dictionary = loaded.block.dictionary.flatMap { dictionaries[$0] }
      compression += try meter.best {
        frame.removeAll(keepingCapacity: true)
        try unsafe compressor.compress(loaded.content.span.bytes, dictionary: dictionary, appendingTo: &frame)
      }
      // A block that does not compress lies there as it is; trying takes time all the same.
      guard loaded.block.codec == "zstd" else { continue }
      guard frame == loaded.frame else {
        throw Failure(.failed, "a block of the store is not what compressing at level \(compressor.level) gives")
      }
      decompression += try meter.best {
        try unsafe decompressor.decompress(
          frame.span.bytes, rawLength: loaded.block.rawLength, dictionary: dictionary, into: &content)
      }
      guard content == loaded.content else { throw Failure(.failed, "a block of the store decompresses differently") }
    }
    return (compression, decompression)
  }
}
