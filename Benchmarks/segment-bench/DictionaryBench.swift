import CSegmentZstd
import SegmentCodecs
import SegmentEngine

/// The engine's choice of dictionary content beside that of zstd's own fastCover: what held-back sessions weigh with
/// either, compressed in the same way.
enum DictionaryBench {
  private static let blockBytes = 4 << 20
  private static let pieceBytes = 128 << 10
  private static let sampleBytes = 48 << 20

  static func run(_ site: Site, _ store: ReplayStore, _ report: inout Report) async throws {
    guard let info = try await store.dictionaries().first(where: { $0.project == site.name && $0.isInForce }) else {
      return
    }
    let content = try await store.dictionary(info.id)
    let level = Configuration().archiveLevel
    let own = try weight(site.measured, ZstdDictionary(content), level)
    let sizes = [110 << 10, max(110 << 10, content.count)]
    for (place, size) in sizes.enumerated() {
      let other = try weight(site.measured, ZstdDictionary(try fastCover(site.training, size)), level)
      let what = place == 0 ? "fastCover's 110 KB" : "fastCover's of the same size"
      report.cost(
        "archive", "\(site.name), bytes beside \(what)", Double(own) / 1e3, "KB", limit: Double(other) / 1e3, atMost: 1,
        place == 0 ? "level \(level), 4 MiB blocks, sessions not trained on" : "\(content.count / 1_000) KB")
    }
  }

  /// What sessions weigh in blocks of 4 MiB.
  private static func weight(_ recordings: [Recording], _ dictionary: ZstdDictionary, _ level: Int) throws -> Int {
    let compressor = try ZstdCompressor(level: level)
    var total = 0
    func add(_ block: [UInt8]) throws {
      var frame: [UInt8] = []
      total += try unsafe compressor.compress(block.span.bytes, dictionary: dictionary, appendingTo: &frame)
    }
    for recording in recordings {
      var block: [UInt8] = []
      for batch in recording.batches {
        if !block.isEmpty, block.count + batch.bytes.count > blockBytes {
          try add(block)
          block = []
        }
        block += batch.bytes
      }
      if !block.isEmpty { try add(block) }
    }
    return total
  }

  private static func fastCover(_ recordings: [Recording], _ size: Int) throws -> [UInt8] {
    var samples: [UInt8] = []
    var sizes: [Int] = []
    for recording in recordings {
      var left = sampleBytes / recordings.count
      for batch in recording.batches {
        for start in stride(from: 0, to: batch.bytes.count, by: pieceBytes) where left > 0 {
          let piece = batch.bytes[start..<min(start + pieceBytes, batch.bytes.count)]
          samples += piece
          sizes.append(piece.count)
          left -= piece.count
        }
      }
    }
    var parameters = ZDICT_fastCover_params_t()
    parameters.d = 8
    parameters.f = 20
    parameters.steps = 4
    parameters.accel = 1
    parameters.splitPoint = 0.75
    parameters.nbThreads = 1
    parameters.zParams.compressionLevel = 12
    var dictionary = [UInt8](repeating: 0, count: size)
    let count = unsafe ZDICT_optimizeTrainFromBuffer_fastCover(
      &dictionary, size, samples, sizes, UInt32(sizes.count), &parameters)
    guard ZDICT_isError(count) == 0 else {
      throw BenchError("fastCover: \(unsafe String(cString: ZDICT_getErrorName(count)))")
    }
    dictionary.removeSubrange(count...)
    return dictionary
  }
}
