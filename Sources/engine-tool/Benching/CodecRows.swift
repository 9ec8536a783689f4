import SegmentCodecs

/// Measures what everybody has: gzip, LZ4 and zstd, each over whole sessions.
struct CodecRows {
  var meter: Meter
  /// How many sessions share a dictionary.
  var sessionsPerDictionary: Int

  private static let dictionaryLevel: Int32 = 3
  /// zstd's strongest level looks back over the whole session, up to 32 MiB.
  private static let (strongest, longWindow): (Int32, Int32) = (19, 25)

  /// One row a method, in the order in which they are shown. Loads one session at a time; reading it is not measured.
  /// Every session is decompressed and compared. Throws `Failure`.
  func rows(_ split: BenchSplit, notes: inout [String]) throws -> [BenchRow] {
    var methods = try Self.methods()
    if let method = try dictionaryMethod(split, &notes) { methods.append(method) }
    let progress = Progress("bench", total: split.measured.rawBytes)
    defer { progress.hide() }
    var (packed, unpacked): ([UInt8], [UInt8]) = ([], [])
    for session in split.measured {
      let content = try session.content()
      for index in methods.indices {
        let codec = methods[index].codec
        let compression = try meter.best { try codec.compress(content, into: &packed) }
        let decompression = try meter.best {
          try codec.decompress(packed, rawBytes: content.count, into: &unpacked)
        }
        guard unpacked == content else {
          throw Failure(.failed, "\(methods[index].row.name) did not give \(session.path) back as it was")
        }
        methods[index].row.add(raw: content.count, compressed: packed.count, compression, decompression)
      }
      progress.add(content.count)
    }
    var raw = BenchRow(method: "raw", name: "raw", detail: "as recorded", family: .raw)
    (raw.rawBytes, raw.compressedBytes) = (split.measured.rawBytes, split.measured.rawBytes)
    return [raw] + methods.map(\.row)
  }

  private typealias Method = (row: BenchRow, codec: any BenchCodec)

  private static func methods() throws -> [Method] {
    func row(_ method: String, _ name: String, _ family: BenchRow.Family, _ more: String = "") -> BenchRow {
      BenchRow(method: method, name: name, detail: "whole session" + more, family: family)
    }
    var methods: [Method] = [
      (row("gzip6", "gzip -6", .general), try GzipCodec(level: 6)), (row("lz4", "LZ4", .general), LZ4Codec()),
    ]
    for level: Int32 in [1, 3, 9] {
      methods.append((row("zstd\(level)", "zstd -\(level)", .zstd), try ZstdCodec(level: level)))
    }
    methods.append(
      (
        row("zstd\(strongest)", "zstd -\(strongest)", .zstd, ", window up to 32 MiB"),
        try ZstdCodec(level: strongest, windowLog: longWindow)
      ))
    return methods
  }

  /// zstd with a small dictionary trained by zstd itself; nil, with a note, where there is none.
  private func dictionaryMethod(_ split: BenchSplit, _ notes: inout [String]) throws -> Method? {
    if split.training.isEmpty { return nil }
    let progress = Progress("train", total: split.training.rawBytes)
    defer { progress.hide() }
    guard let dictionary = try SampleDictionary.train(split.training, level: Self.dictionaryLevel, progress) else {
      notes.append("zstd cannot make a dictionary of so little: there is no row for it")
      return nil
    }
    var stored: [UInt8] = []
    try ZstdCodec(level: Self.strongest).compress(dictionary, into: &stored)
    var row = BenchRow(
      method: "zstd\(Self.dictionaryLevel)Dictionary", name: "zstd -\(Self.dictionaryLevel), 110 KB dictionary",
      detail: "whole session, dictionary by zstd's trainer", family: .zstd)
    row.setDictionary(bytes: UInt64(stored.count), sessions: sessionsPerDictionary, measured: split.measured.count)
    return (row, try ZstdCodec(level: Self.dictionaryLevel, dictionary: dictionary))
  }
}
