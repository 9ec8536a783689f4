internal import SegmentScanner

/// What is known of one event of a chunk.
public struct EventInfo: Sendable, Hashable {
  /// Its ordinal in the session, in order of arrival, from 0.
  public let sequence: UInt64
  /// The epoch it was stored in.
  public let epoch: UInt64
  /// The tab or window it came from; empty where none was named.
  public let window: String
  /// Its own timestamp; nil where the recorder packed the event whole.
  public let timestamp: Timestamp?
  /// rrweb's `type`; -1 where the recorder packed the event whole.
  public let type: Int32
  /// Type and source in one.
  public let kind: EventKind
  /// Where the event stands in the chunk's `ndjson`, without its line feed.
  public let bytes: Range<Int>

  /// The place of this event, to go on behind it.
  public var cursor: Cursor { Cursor(epoch: epoch, sequence: sequence) }
  /// True for a FullSnapshot: playback can start here.
  public var isKeyframe: Bool { kind == .fullSnapshot }
}

/// Something a reader must know before it uses the events that follow.
public struct Gap: Sendable, Hashable {
  /// Why the events do not follow on seamlessly.
  public enum Reason: Sendable, Hashable {
    /// Events are missing that were stored once: damage, or a `.buffered` tail lost with a machine.
    case lost
    /// There is no keyframe at or before the time asked for: playback starts at the next one.
    case startsLater
    /// There is no keyframe at all: the events cannot be played, and are given from the first on.
    case noKeyframe
  }
  /// Why.
  public var reason: Reason
  /// The sequences that are missing, where known.
  public var sequences: Range<UInt64>?
  /// What happened, for people.
  public var message: String
}

/// A run of events as it crosses from the engine to its caller: usually the content of one block.
public struct EventChunk: Sendable {
  /// The events byte for byte as they came, each followed by a line feed.
  public let ndjson: [UInt8]
  /// What is missing between the chunk before and this one; nil where nothing is.
  public let gapBefore: Gap?
  /// Set in the last chunk of a tail: when the session was finished. The chunk may hold no event.
  public let finished: Timestamp?
  let runs: EventRuns

  init(ndjson: [UInt8], runs: EventRuns, gapBefore: Gap? = nil, finished: Timestamp? = nil) {
    self.ndjson = ndjson
    self.runs = runs
    self.gapBefore = gapBefore
    self.finished = finished
  }

  /// The same, as the last one of a session that was finished then.
  func ending(_ finished: Double?) -> EventChunk {
    EventChunk(
      ndjson: ndjson, runs: runs, gapBefore: gapBefore,
      finished: finished.map(Timestamp.init(millisecondsSince1970:)))
  }

  /// Number of events.
  public var count: Int { runs.count }

  /// The events one by one. Computed at each call by looking at each line, in time proportional to their number; keep
  /// the result rather than ask twice.
  public var events: [EventInfo] {
    var infos: [EventInfo] = []
    infos.reserveCapacity(count)
    var lines = LineSplitter(ndjson)
    runs.forEach { sequence, epoch, window in
      guard let line = lines.next() else { return }
      let probe = unsafe EventProbe.probe(ndjson.span.bytes.extracting(line))
      let time = probe?.timestamp ?? .nan
      infos.append(
        EventInfo(
          sequence: sequence, epoch: epoch, window: window,
          timestamp: time.isNaN ? nil : Timestamp(millisecondsSince1970: time), type: probe?.type ?? -1,
          kind: EventKind(rawValue: probe?.kind.rawValue ?? EventKind.packed.rawValue), bytes: line))
    }
    return infos
  }

  /// The cursor of the last event; nil where the chunk is empty.
  public var lastCursor: Cursor? { runs.last }
}
