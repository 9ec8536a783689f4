internal import SegmentCodecs
internal import SegmentFiles

/// Measures what held-out sessions weigh with a dictionary, as either tier would store them.
struct DictionaryTrial {
  let core: StoreCore
  let sessions: [SampleSession]
  let options: DictionaryTraining
  let control: MaintenanceControl

  struct Weight {
    var rawBytes = 0
    var storedBytes = 0
    /// Time that compressing took.
    var seconds = 0.0
    var ratio: Double { storedBytes == 0 ? 0 : Double(rawBytes) / Double(storedBytes) }
  }

  /// Bytes that are measured at most.
  static let limit = 48 << 20

  /// As the archive stores whole sessions: blocks cut anew, at `level`.
  func archive(_ dictionary: ZstdDictionary?, level: Int) throws(StoreError) -> Weight {
    try measure(dictionary, level: level, target: core.configuration.archiveBlockBytes)
  }

  /// As the recent tier stores what comes: blocks as they are in recent packs, or cut anew from archived sessions.
  func recent(_ dictionary: ZstdDictionary?) throws(StoreError) -> Weight {
    try measure(dictionary, level: core.configuration.recentLevel, target: nil)
  }

  /// With `target` nil every block is measured as it is.
  private func measure(_ dictionary: ZstdDictionary?, level: Int, target: Int?) throws(StoreError) -> Weight {
    let compressor: ZstdCompressor
    do { compressor = try ZstdCompressor(level: level) } catch {
      throw StoreError(.ioFailed, "a compressor could not be made: \(error.detail)")
    }
    var weight = Weight()
    for session in sessions where weight.rawBytes < Self.limit {
      var open: [UInt8] = []
      try core.forEachBlock(of: session, limit: min(options.sessionBytes, Self.limit)) {
        (content, block, pack) throws(StoreError) in
        try control.check()
        guard let target else {
          let cut = pack.tier == .recent ? content.count : core.configuration.recentBlockBytes
          try Self.forEachCut(content, cut) { (part) throws(StoreError) in
            try add(part, dictionary, compressor, &weight)
          }
          return
        }
        if !open.isEmpty, open.count + content.count > target {
          try add(open, dictionary, compressor, &weight)
          open = []
        }
        open += content
      }
      if !open.isEmpty { try add(open, dictionary, compressor, &weight) }
    }
    return weight
  }

  /// Cuts text between lines, each part at least `size` bytes but for the last.
  private static func forEachCut(
    _ text: [UInt8], _ size: Int, _ body: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) {
    if text.count <= size { return try body(text) }
    var start = 0
    var lines = LineSplitter(text)
    while lines.next() != nil {
      let end = min(lines.position, text.count)
      if end - start >= size || end == text.count {
        try body(Array(text[start..<end]))
        start = end
      }
    }
  }

  private func add(
    _ content: [UInt8], _ dictionary: ZstdDictionary?, _ compressor: ZstdCompressor, _ weight: inout Weight
  ) throws(StoreError) {
    var frame: [UInt8] = []
    let start = core.environment.clock.monotonic()
    do {
      let length = try unsafe compressor.compress(content.span.bytes, dictionary: dictionary, appendingTo: &frame)
      weight.storedBytes += min(length, content.count)
      weight.rawBytes += content.count
      weight.seconds += Double(core.environment.clock.monotonic() - start) / 1e9
    } catch {
      throw StoreError(.ioFailed, "a block could not be compressed: \(error.detail)")
    }
  }
}
