import SegmentCodecs

/// CRC-32C of batches as they were recorded and of pieces as small as headers, beside copying the same bytes.
enum ChecksumBench {
  static func run(_ recordings: [Recording], _ place: WorkPlace, _ report: inout Report) {
    let batches = recordings.flatMap(\.batches).map(\.bytes)
    measure("batches", batches, floor: 2, place, &report)
    let pieces = batches.prefix(200).flatMap { batch in
      stride(from: 0, to: min(batch.count, 64 << 10), by: 300).map { Array(batch[$0..<min(batch.count, $0 + 300)]) }
    }
    measure("pieces of 300 bytes", pieces, floor: nil, place, &report)
  }

  private static func measure(
    _ what: String, _ pieces: [[UInt8]], floor: Double?, _ place: WorkPlace, _ report: inout Report
  ) {
    let bytes = pieces.reduce(0) { $0 + $1.count }
    if bytes == 0 { return }
    let repeats = max(1, (64 << 20) / bytes)
    let total = Double(bytes * repeats) / 1e9
    var target = [UInt8](repeating: 0, count: pieces.map(\.count).max() ?? 0)
    var engine: [Double] = []
    var copies: [Double] = []
    for _ in 0..<place.rounds + 2 {
      engine.append(
        total / timed { for _ in 0..<repeats { for piece in pieces { consume(CRC32C.checksum(piece)) } } })
      copies.append(
        total / timed { for _ in 0..<repeats { for piece in pieces { ScanBench.copy(piece, to: &target) } } })
    }
    report.speed(
      "checksum", "CRC-32C of \(what)", median(engine), "GB/s", limit: median(copies), floor: floor,
      "limit: memcpy; \(CRC32C.isAccelerated ? "by the processor's instructions" : "by tables")")
  }
}
