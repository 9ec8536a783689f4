import ArgumentParser
import SegmentEngine

/// Lists the byte ranges of a session.
struct Ranges: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the byte ranges that hold a session, or a part of its time.",
    discussion: """
      Each range of a pack is one block: a zstd frame of NDJSON that needs nothing but its dictionary. What is still in \
      the journal has no ranges. With --json one object a line, and where the session is live a last one, \
      {"schema":1,"liveFromSequence":N}.
      """)

  @OptionGroup var options: StoreOptions
  @OptionGroup var session: SessionOptions
  @OptionGroup var time: TimeRangeOptions

  @Flag(help: "One JSON object a line.")
  var json = false

  func run() async throws {
    try await options.withStore(.readOnly) { store in
      let summary = try await session.find(in: store)
      let ranges = try await store.byteRanges(in: summary.key, time: time.range(in: summary))
      try Standard.print(json ? Self.lines(ranges) : Self.text(ranges))
    }
  }

  private static func lines(_ ranges: ByteRanges) -> String {
    var text = ""
    for block in ranges.blocks {
      text += JSONValue.object([(key: "schema", value: .whole(1))] + block.members).text + "\n"
    }
    if let live = ranges.liveFrom { text += JSONValue.record(["liveFromSequence": .whole(live)]).text + "\n" }
    return text
  }

  private static func text(_ ranges: ByteRanges) -> String {
    let table = ranges.blocks.isEmpty ? "no blocks in packs\n" : table(ranges)
    return table + (ranges.liveFrom.map(liveHint) ?? "")
  }

  /// The blocks in columns.
  static func table(_ ranges: ByteRanges) -> String {
    var table = Table([
      "block": .left, "raw": .right, "codec": .left, "dictionary": .left, "sequence": .right, "events": .right,
      "keyframes": .right, "time": .left,
    ])
    for block in ranges.blocks {
      table.add(
        block.description, Units.bytes(UInt64(block.rawLength)), block.codec, block.dictionary?.description ?? "-",
        "\(block.firstSequence)", "\(block.events)", "\(block.keyframes)", block.span)
    }
    return table.text
  }

  static func liveHint(_ sequence: UInt64) -> String {
    "from sequence \(sequence) on the events are still in the journal and have no byte range yet\n"
  }
}
