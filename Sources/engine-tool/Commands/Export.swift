import ArgumentParser
import SegmentEngine

/// Writes a session's events to standard output.
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a session's events to standard output, NDJSON, byte for byte as they came.",
    discussion: """
      In order of arrival, unless --order time. With --from-keyframe it gives what a player needs from --from on: each \
      window from its last keyframe at or before it, in order of time.
      Gaps are told on standard error; where events were lost, the exit status is 1.
      """)

  /// How events are ordered.
  enum Order: String, ExpressibleByArgument, CaseIterable { case arrival, time }

  @OptionGroup var options: StoreOptions
  @OptionGroup var session: SessionOptions
  @OptionGroup var time: TimeRangeOptions

  @Flag(help: "Begin with the keyframe at or before --from.")
  var fromKeyframe = false

  @Option(help: "Only events of this window.")
  var window: String?

  @Option(help: "The order of the events.")
  var order: Order?

  func validate() throws {
    if fromKeyframe, order == .arrival { throw ValidationError("--from-keyframe gives events in order of time") }
  }

  func run() async throws {
    try await options.withStore(.readOnly) { store in
      let summary = try await session.find(in: store)
      let range = try time.range(in: summary)
      let hasLost =
        fromKeyframe
        ? try await play(summary, range, store)
        : try await copy(
          store.events(in: summary.key, time: range, window: window, order: order == .time ? .time : .arrival))
      if hasLost { throw ExitCode(ExitStatus.findings.rawValue) }
    }
  }

  /// Writes chunks as they are. Returns true where events were lost.
  private func copy(_ chunks: EventChunks) async throws -> Bool {
    var hasLost = false
    for try await chunk in chunks {
      hasLost = GapNotice.tell(chunk.gapBefore) || hasLost
      try Standard.write(chunk.ndjson)
    }
    return hasLost
  }

  private func play(_ summary: SessionSummary, _ range: Range<Timestamp>?, _ store: ReplayStore) async throws -> Bool {
    let start = time.from == nil ? PlaybackTime.start : range.map { .at($0.lowerBound) } ?? .start
    let chunks = store.playback(of: summary.key, at: start, window: window)
    guard time.to != nil, let end = range?.upperBound else { return try await copy(chunks) }
    var hasLost = false
    for try await chunk in chunks {
      hasLost = GapNotice.tell(chunk.gapBefore) || hasLost
      let events = chunk.events
      guard let late = events.firstIndex(where: { isLate($0, end) }) else {
        try Standard.write(chunk.ndjson)
        continue
      }
      try Standard.write(chunk.ndjson[..<events[late].bytes.lowerBound])
      for event in events[late...] where !isLate(event, end) {
        try Standard.write(chunk.ndjson[event.bytes.lowerBound...event.bytes.upperBound])
      }
      // Behind a late event come only later ones, unless its timestamp is one of those that cannot be right: these are
      // played where they came in.
      if let last = summary.end, end <= last,
        events[late...].contains(where: { $0.timestamp.map((end...last).contains) ?? false })
      {
        break
      }
    }
    return hasLost
  }

  private func isLate(_ event: EventInfo, _ end: Timestamp) -> Bool {
    event.timestamp.map { $0 >= end } ?? false
  }
}
