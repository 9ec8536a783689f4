import SegmentScanner

/// Scanning, batch by batch as recorded, beside copying the same bytes.
enum ScanBench {
  static func run(_ recordings: [Recording], _ report: inout Report) {
    let batches = recordings.flatMap(\.batches)
    let mean = { (batch: RecordedBatch) in batch.bytes.count / max(1, batch.events) }
    measure("batches of large events (mean >= 4 KiB)", batches.filter { mean($0) >= 4_096 }, floor: 1, &report)
    measure("batches of small events (mean < 1 KiB)", batches.filter { mean($0) < 1_024 }, floor: 0.6, &report)
    measure("all batches", batches, floor: nil, &report)
    probe(batches, &report)
  }

  /// What reading costs of an event that is known to be well formed.
  private static func probe(_ batches: [RecordedBatch], _ report: inout Report) {
    var lines: [[UInt8]] = []
    for batch in batches { lines += batch.bytes.split(separator: 0x0A).map(Array.init) }
    var times: [Double] = []
    for _ in 0..<7 {
      times.append(
        timed {
          for line in lines { unsafe consume(EventProbe.probe(line.span.bytes)?.timestamp) }
        } / Double(max(1, lines.count)))
    }
    report.cost("scan", "probe of a stored event", median(times) * 1e9, "ns")
  }

  private static func measure(_ what: String, _ batches: [RecordedBatch], floor: Double?, _ report: inout Report) {
    let bytes = batches.reduce(0) { $0 + $1.bytes.count }
    if bytes == 0 { return }
    let repeats = max(1, (48 << 20) / bytes)
    let total = Double(bytes * repeats) / 1e9
    var target = [UInt8](repeating: 0, count: batches.map(\.bytes.count).max() ?? 0)
    var scans: [Double] = []
    var copies: [Double] = []
    for _ in 0..<7 {
      scans.append(
        total / timed { for _ in 0..<repeats { for batch in batches { consume(scan(batch.bytes)) } } })
      copies.append(
        total / timed { for _ in 0..<repeats { for batch in batches { copy(batch.bytes, to: &target) } } })
    }
    report.speed(
      "scan", what, median(scans), "GB/s", limit: median(copies), floor: floor,
      "limit: memcpy; \(batches.count) batches, \(bytes / 1_000_000) MB, \(bytes / batches.reduce(0) { $0 + $1.events }) B an event"
    )
  }

  private static func scan(_ bytes: [UInt8]) -> Int {
    let found = unsafe try? BatchScanner.scan(bytes.span.bytes, receiveTime: 0, invalid: .reject)
    return found?.events.count ?? 0
  }

  static func copy(_ bytes: [UInt8], to target: inout [UInt8]) {
    unsafe bytes.withUnsafeBytes { source in
      unsafe target.withUnsafeMutableBytes { unsafe $0.copyMemory(from: source) }
    }
    consume(target[0])
  }
}
