import SegmentEngine

extension SessionSummary {
  /// `finished`; `live` while some of it is still in the journal; `stored` where all is in packs and nobody finished it.
  var state: String { finished != nil ? "finished" : isLive ? "live" : "stored" }

  /// Tags as `key=value`, in order of key.
  var tagList: String {
    tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }

  /// What was decided of it, and until when it stays.
  var fate: String {
    var fate = rule.map { "kept by rule \($0) at \(Units.decimal(keepRate * 100, 1))%" } ?? "not decided yet"
    if isPinned {
      fate += pinnedUntil.map { ", pinned until \(Units.time($0))" } ?? ", pinned"
    } else if rule != nil {
      fate += expires.map { ", expires \(Units.time($0))" } ?? ", never expires"
    }
    return fate
  }

  /// What both `sessions` and `show` tell of a session in JSON.
  var members: [(key: String, value: JSONValue)] {
    [
      (key: "project", value: .string(key.project)),
      (key: "session", value: .string(key.id)),
      (key: "visitor", value: .string(visitor)),
      (key: "startMs", value: .time(start)),
      (key: "endMs", value: .time(end)),
      (key: "durationMs", value: .number(durationMilliseconds)),
      (key: "activeMs", value: .whole(activeMilliseconds)),
      (key: "firstReceivedMs", value: .time(firstReceived)),
      (key: "lastReceivedMs", value: .time(lastReceived)),
      (key: "events", value: .whole(events)),
      (key: "rawBytes", value: .whole(rawBytes)),
      (key: "storedBytes", value: .whole(storedBytes)),
      (key: "ratio", value: storedBytes == 0 ? .null : .number(Double(rawBytes) / Double(storedBytes))),
      (key: "pageViews", value: .whole(pageCount)),
      (key: "clicks", value: .whole(clicks)),
      (key: "inputs", value: .whole(inputs)),
      (key: "errors", value: .whole(errors)),
      (key: "packedEvents", value: .whole(packedEvents)),
      (key: "implausibleTimestamps", value: .whole(implausibleTimestamps)),
      (key: "windows", value: .array(windows.map { .string($0) })),
      (key: "tags", value: .object(tags.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) })),
      (key: "state", value: .string(state)),
      (key: "isLive", value: .bool(isLive)),
      (key: "finishedMs", value: .time(finished)),
      (key: "segments", value: .count(segments)),
      (key: "nextSequence", value: .whole(nextSequence)),
      (key: "rule", value: .optional(rule)),
      (key: "keepRate", value: rule == nil ? .null : .number(keepRate)),
      (key: "expiresMs", value: .time(expires)),
      (key: "isPinned", value: .bool(isPinned)),
      (key: "pinnedUntilMs", value: .time(pinnedUntil)),
    ]
  }
}

extension JSONValue {
  /// Milliseconds since 1970, or null.
  static func time(_ timestamp: Timestamp?) -> JSONValue {
    timestamp.map { .number($0.millisecondsSince1970) } ?? .null
  }
}

extension ByteRanges.Block {
  /// The block in JSON.
  var members: [(key: String, value: JSONValue)] {
    [
      (key: "range", value: .string(description)),
      (key: "file", value: .string(file)),
      (key: "offsetBytes", value: .whole(offset)),
      (key: "lengthBytes", value: .count(length)),
      (key: "rawBytes", value: .count(rawLength)),
      (key: "codec", value: .string(codec)),
      (key: "dictionary", value: .optional(dictionary?.description)),
      (key: "firstSequence", value: .whole(firstSequence)),
      (key: "events", value: .count(events)),
      (key: "keyframes", value: .count(keyframes)),
      (key: "fromMs", value: .time(time?.lowerBound)),
      (key: "toMs", value: .time(time?.upperBound)),
    ]
  }

  /// The block's time for people: its start and how long it lasts.
  var span: String {
    guard let time else { return "-" }
    let length = time.upperBound.millisecondsSince1970 - time.lowerBound.millisecondsSince1970
    return "\(Units.time(time.lowerBound)) \(Units.offset(length))"
  }
}
