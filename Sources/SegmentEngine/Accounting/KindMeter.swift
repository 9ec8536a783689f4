internal import SegmentCodecs
internal import SegmentScanner

/// Compresses the events of a block kind by kind, each kind apart, the way the block itself is compressed.
///
/// Memory: a copy of the block, and a compressor a tier.
final class KindMeter {
  /// How a block is compressed.
  enum Method {
    case none
    case lz4
    case zstd(level: Int, dictionary: ZstdDictionary?)
  }

  private var compressors: [Int: ZstdCompressor] = [:]
  /// The events of each kind, by its code.
  private var contents = [[UInt8]](repeating: [], count: 64)
  private var frame: [UInt8] = []

  /// The kinds of `ndjson`, which is whole lines, in order, with what each takes. What an empty frame takes is left out:
  /// the block has only one.
  func measure(_ ndjson: [UInt8], _ method: Method) throws(CodecError) -> [KindCosts.Measure] {
    for code in contents.indices { contents[code].removeAll(keepingCapacity: contents[code].capacity <= 8 << 20) }
    var lines = LineSplitter(ndjson)
    while let line = lines.next() {
      let probe = unsafe EventProbe.probe(ndjson.span.bytes.extracting(line))
      let code = Int((probe?.kind ?? .other).rawValue & 0x3F)
      contents[code] += ndjson[line]
      contents[code].append(0x0A)
    }
    var measures: [KindCosts.Measure] = []
    let empty = try length(of: [], method)
    for (code, content) in contents.enumerated() where !content.isEmpty {
      let length = try length(of: content, method)
      let bytes = min(content.count, max(1, length - min(length, empty)))
      measures.append(.init(kind: EventKind(rawValue: UInt8(code)), rawBytes: content.count, bytes: bytes))
    }
    return measures
  }

  private func length(of content: [UInt8], _ method: Method) throws(CodecError) -> Int {
    frame.removeAll(keepingCapacity: true)
    switch method {
    case .none: return content.count
    case .lz4: try unsafe LZ4.compress(content.span.bytes, appendingTo: &frame)
    case .zstd(let level, let dictionary):
      let compressor: ZstdCompressor
      if let made = compressors[level] { compressor = made } else { compressor = try ZstdCompressor(level: level) }
      compressors[level] = compressor
      _ = try unsafe compressor.compress(content.span.bytes, dictionary: dictionary, appendingTo: &frame)
    }
    return frame.count
  }
}
