import ArgumentParser
import SegmentEngine

/// Shows one session.
struct Show: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows a session: facts, rule and rate, kinds of events, windows, keyframes, blocks, pages.",
    discussion: "Reads the whole session to list its keyframes. With --json one object.")

  /// A place where playback can start.
  private struct Keyframe {
    var window: String
    var timestamp: Timestamp?
    var sequence: UInt64
  }

  @OptionGroup var options: StoreOptions
  @OptionGroup var session: SessionOptions

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    try await options.withStore(.readOnly) { store in
      let summary = try await session.find(in: store)
      var keyframes: [Keyframe] = []
      var hasLost = false
      for try await chunk in store.events(in: summary.key) {
        if let gap = chunk.gapBefore {
          Standard.complain(gap.message)
          if gap.reason == .lost { hasLost = true }
        }
        for event in chunk.events where event.isKeyframe {
          keyframes.append(Keyframe(window: event.window, timestamp: event.timestamp, sequence: event.sequence))
        }
      }
      let ranges = try await store.byteRanges(in: summary.key)
      if json {
        try Standard.print(document(summary, keyframes, ranges))
      } else {
        try Standard.print(text(summary, keyframes, ranges))
      }
      if hasLost { throw ExitCode(ExitStatus.findings.rawValue) }
    }
  }

  private func offset(_ keyframe: Keyframe, _ summary: SessionSummary) -> Double? {
    guard let time = keyframe.timestamp, let start = summary.start else { return nil }
    return time.millisecondsSince1970 - start.millisecondsSince1970
  }

  // MARK: JSON

  private func document(_ summary: SessionSummary, _ keyframes: [Keyframe], _ ranges: ByteRanges) -> JSONValue {
    let kinds = summary.kinds.map { kind -> JSONValue in
      ["kind": .string(kind.kind.name), "events": .whole(kind.events), "rawBytes": .whole(kind.rawBytes)]
    }
    let starts = keyframes.map { keyframe -> JSONValue in
      [
        "window": .string(keyframe.window), "timeMs": .time(keyframe.timestamp),
        "offsetMs": offset(keyframe, summary).map { .number($0) } ?? .null, "sequence": .whole(keyframe.sequence),
      ]
    }
    let details: [(key: String, value: JSONValue)] = [
      (key: "pages", value: .array(summary.pages.map { .string($0) })),
      (key: "kinds", value: .array(kinds)),
      (key: "keyframes", value: .array(starts)),
      (key: "blocks", value: .array(ranges.blocks.map { .object($0.members) })),
      (key: "liveFromSequence", value: .optional(ranges.liveFrom)),
    ]
    return .object([(key: "schema", value: .whole(1))] + summary.members + details)
  }

  // MARK: Text

  private func text(_ summary: SessionSummary, _ keyframes: [Keyframe], _ ranges: ByteRanges) -> String {
    var sections = [facts(summary)]
    var kinds = Table(["kind": .left, "events": .right, "raw": .right])
    for kind in summary.kinds { kinds.add(kind.kind.name, "\(kind.events)", Units.bytes(kind.rawBytes)) }
    sections.append(kinds.text)
    if keyframes.isEmpty {
      sections.append("no keyframes: the session cannot be played\n")
    } else {
      var table = Table(["keyframe": .right, "window": .left, "time": .left, "offset": .right])
      for keyframe in keyframes {
        table.add(
          "\(keyframe.sequence)", keyframe.window.isEmpty ? "-" : keyframe.window, Units.time(keyframe.timestamp),
          offset(keyframe, summary).map(Units.offset) ?? "-")
      }
      sections.append(table.text)
    }
    if !ranges.blocks.isEmpty { sections.append(Ranges.table(ranges)) }
    if let live = ranges.liveFrom { sections.append(Ranges.liveHint(live)) }
    if !summary.pages.isEmpty {
      sections.append("pages\n" + summary.pages.map { "  \($0.printable)\n" }.joined())
    }
    return sections.joined(separator: "\n")
  }

  private func facts(_ summary: SessionSummary) -> String {
    let ratio = Units.ratio(summary.rawBytes, summary.storedBytes)
    let received = "\(Units.time(summary.firstReceived)) to \(Units.time(summary.lastReceived))"
    let active = Units.duration(Double(summary.activeMilliseconds))
    let windows = summary.windows.map { $0.isEmpty ? "(unnamed)" : $0 }.joined(separator: ", ")
    var text = Table.facts([
      "session": summary.key.id,
      "project": summary.key.project,
      "visitor": summary.visitor.isEmpty ? "-" : summary.visitor,
      "state": summary.finished.map { "finished at \(Units.time($0))" } ?? summary.state,
      "start": Units.time(summary.start),
      "end": Units.time(summary.end),
      "duration": "\(Units.duration(summary.durationMilliseconds)), active for \(active)",
      "received": received,
      "events": "\(summary.events)",
      "size": "\(Units.bytes(summary.rawBytes)) raw, \(Units.bytes(summary.storedBytes)) stored, ratio \(ratio)",
      "segments": "\(summary.segments)",
      "windows": windows,
      "activity": "\(Units.count(summary.pageCount, "page view")), \(Units.count(summary.clicks, "click")), "
        + "\(Units.count(summary.inputs, "input")), \(Units.count(summary.errors, "error"))",
      "fate": summary.fate,
      "tags": summary.tags.isEmpty ? "-" : summary.tagList,
    ])
    if summary.packedEvents > 0 { text += Info.packedNote(summary.packedEvents) }
    if summary.implausibleTimestamps > 0 {
      let count = Units.count(summary.implausibleTimestamps, "timestamp")
      text += "\(count) cannot be right and count neither for start nor for end\n"
    }
    return text
  }
}
