import SegmentScanner

/// The scanner of batches, against the slow one that its tests have too, and the probe.
enum ScannerTargets {
  static let scanner = FuzzTarget(name: "scanner", seeds: { texts.map { Array($0.utf8) } }, run: checkScanner)
  static let probe = FuzzTarget(name: "probe", seeds: { lines.map { Array($0.utf8) } }, run: checkProbe)

  private static func scan(
    _ bytes: [UInt8], _ invalid: InvalidEvents, maximumDepth: Int = 4_096
  ) throws(ScanError) -> ScannedBatch {
    try unsafe BatchScanner.scan(
      bytes.span.bytes, receiveTime: 7, invalid: invalid,
      limits: ScanLimits(maximumDepth: maximumDepth, maximumListedRejections: 8))
  }

  private static func checkScanner(_ bytes: [UInt8]) {
    var strict: [ScannedEvent]?
    // Few levels too, so that short inputs reach the limit.
    for depth in [64, 3] {
      var slow = SlowScanner(bytes, maximumDepth: depth)
      do throws(SlowScanner.Failure) {
        let expected = try slow.scan()
        do throws(ScanError) {
          let found = try scan(bytes, .reject, maximumDepth: depth)
          require(found.events == expected, "other events than the slow scanner's \(expected): \(found.events)")
          checkBatch(found, bytes)
          if strict == nil { strict = found.events }
        } catch {
          fatalError("refused what the slow scanner accepts: \(error)")
        }
      } catch {
        let expected = ScanError(ordinal: error.ordinal, byteOffset: error.offset, reason: error.reason)
        do throws(ScanError) {
          _ = try scan(bytes, .reject, maximumDepth: depth)
          fatalError("accepted what the slow scanner refuses: \(expected)")
        } catch {
          require(error == expected, "refused with \(error), and by the slow scanner with \(expected)")
          require((0...bytes.count).contains(error.byteOffset), "an error outside of the batch: \(error)")
        }
      }
    }
    guard let skipped = accepted({ try scan(bytes, .skip) }) else { return }
    checkBatch(skipped, bytes)
    require(skipped.rejected.count == min(skipped.rejectedCount, 8), "another number of rejections than are listed")
    if let strict { require(skipped.rejectedCount > 0 || skipped.events == strict, "skipping changed a good batch") }
  }

  /// Events lie within the batch one behind the other; what is stored of them is canonical and stays as it is.
  private static func checkBatch(_ batch: ScannedBatch, _ bytes: [UInt8]) {
    var end = 0
    for event in batch.events {
      require(event.offset >= end && event.length > 0, "events overlap: \(batch.events)")
      end = event.offset + event.length
      require(end <= bytes.count, "an event reaches beyond the batch: \(event)")
      require(event.timestamp.isFinite && event.timestamp >= 0, "an impossible time: \(event)")
      require(event.type >= -1 && event.type <= 65_535, "an impossible type: \(event)")
      let line = Array(bytes[event.offset..<end])
      let found = unsafe EventProbe.probe(line.span.bytes)
      require(found?.type == event.type && found?.kind == event.kind, "the probe differs from the scan of \(event)")
      if event.type >= 0 { require(found?.timestamp == event.timestamp, "the probe finds another time in \(event)") }
    }
    for page in batch.pages {
      require(batch.events.indices.contains(page.event), "a page of no event: \(page)")
      require(page.href.utf8.count <= PageVisit.maximumBytes, "a page that is too long: \(page.href.utf8.count)")
    }
    guard !batch.events.isEmpty else { return }
    var stored: [UInt8] = []
    unsafe BatchScanner.appendCanonical(batch, from: bytes.span.bytes, to: &stored)
    guard let again = accepted({ try scan(stored, .reject) }) else { fatalError("the canonical form is refused") }
    require(again.isCanonical, "the canonical form is not canonical")
    require(again.events.map(\.length) == batch.events.map(\.length), "the canonical form has other events")
    require(again.events.map(\.timestamp) == batch.events.map(\.timestamp), "the canonical form has other times")
    require(again.events.map(\.kind) == batch.events.map(\.kind), "the canonical form has other kinds")
    require(again.pages == batch.pages, "the canonical form has other pages")
    var twice: [UInt8] = []
    unsafe BatchScanner.appendCanonical(again, from: stored.span.bytes, to: &twice)
    require(twice == stored, "the canonical form of the canonical form is another")
  }

  private static func checkProbe(_ bytes: [UInt8]) {
    let found = unsafe EventProbe.probe(bytes.span.bytes)
    // Promised is only what a scan accepts; of anything else, that nothing worse than nonsense is told.
    if let found { require(found.type >= -1 && found.type <= 65_535, "an impossible type: \(found.type)") }
    guard let batch = accepted({ try scan(bytes, .reject) }), batch.events.count == 1, let event = batch.events.first,
      bytes.first != UInt8(ascii: "["), !bytes.starts(with: [0xEF, 0xBB, 0xBF])
    else { return }
    require(found?.type == event.type && found?.kind == event.kind, "the probe differs from the scan of \(event)")
    if event.type >= 0 { require(found?.timestamp == event.timestamp, "the probe finds another time in \(event)") }
  }

  private static let lines = [
    #"{"type":3,"data":{"source":2,"type":2,"id":46,"x":1},"timestamp":1617045255540}"#,
    #"{"type":2,"timestamp":1795454827019,"x\\,\"timestamp":1795454827020}"#,
    #"{ "timestamp": 12.5e2 , "data": {"href": "https://a/\u00e9\ud83d\ude00"}, "type": 4 }"#,
    #""\u001f\u008b\b\u0000""#,
  ]

  private static let texts =
    lines + [
      lines.joined(separator: "\n"), "[" + lines.joined(separator: " ,\r\n") + "]\n", "\u{FEFF}[]", "[[[[[[]]]]]]",
      #"{"type":6,"data":{"plugin":"rrweb/console@1","payload":{"level":"error","trace":[]}},"timestamp":1}"#,
      #"{"type":3,"data":"x\u009c","cv":"2024-10","timestamp":0}"# + "\n{\n\"type\":1,\"timestamp\":NaN}\nnull 1.5e+7",
      #"{"type":3,"data":{"source":0,"texts":[],"adds":[{"node":{"a":true,"b":null}}]},"timestamp":-1}"#,
    ]
}
