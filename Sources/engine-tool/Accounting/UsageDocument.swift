import SegmentEngine

/// Where the bytes are, in JSON. Groups and `commonBytes` of each dimension add up to `overall.totalBytes`.
struct UsageDocument {
  private let usage: StoreUsage
  private let gzip: GzipEstimate?

  private let decisions: [DecisionTotal]

  init(_ usage: StoreUsage, _ gzip: GzipEstimate?, _ decisions: [DecisionTotal]) {
    self.decisions = decisions
    self.usage = usage
    self.gzip = gzip
  }

  var value: JSONValue {
    .record([
      "project": .optional(usage.project),
      "overall": .object(members(usage.overall) + [Self.gzip(gzip?.bytes)]),
      "byProject": breakdown(
        usage.projects, "project", name: { .string($0) }, more: { [Self.gzip(gzip?.projects[$0])] }),
      "byTier": breakdown(usage.tiers, "tier", name: { .string($0.rawValue) }),
      "byClass": breakdown(usage.classes, "class", name: { .string($0) }),
      "byDay": breakdown(usage.days, "day", name: { .string(UsageText.day($0)) }),
      "samples": .array(
        usage.samples.map {
          [
            "rule": .string($0.rule), "kept": PolicyOutput.sums($0.kept), "estimated": PolicyOutput.sums($0.estimated),
            "standardError": PolicyOutput.sums($0.standardError),
          ]
        }),
      "decisions": .array(decisions.map(Self.decision)),
      "kinds": .array(usage.kinds.map(kind)),
      "kindSample": ["blocks": .whole(usage.sample.blocks), "rawBytes": .whole(usage.sample.rawBytes)],
      "gzipSample": gzipSample,
      "parts": .array(usage.parts.map { ["part": .string($0.part.rawValue), "bytes": .whole($0.bytes)] }),
      "fileBytes": .whole(usage.fileBytes),
      "allocatedBytes": .whole(usage.allocatedBytes),
      "unreadablePacks": .array(usage.unreadablePacks.map { .string($0) }),
    ])
  }

  private static func gzip(_ bytes: UInt64??) -> (key: String, value: JSONValue) {
    (key: "gzipBytesEstimated", value: .optional(bytes ?? nil))
  }

  private var gzipSample: JSONValue {
    guard let gzip else { return .null }
    return [
      "sessions": .whole(gzip.sample.sessions), "rawBytes": .whole(gzip.sample.rawBytes),
      "gzipBytes": .whole(gzip.sample.gzipBytes), "isExact": .bool(gzip.isExact),
    ]
  }

  private func members(_ share: UsageShare) -> [(key: String, value: JSONValue)] {
    [
      (key: "sessions", value: .optional(share.sessions)),
      (key: "segments", value: .whole(share.segments)),
      (key: "events", value: .whole(share.events)),
      (key: "rawBytes", value: .whole(share.rawBytes)),
      (key: "storedBytes", value: .whole(share.storedBytes)),
      (key: "overheadBytes", value: .whole(share.overheadBytes)),
      (key: "dictionaryBytes", value: .whole(share.dictionaryBytes)),
      (key: "totalBytes", value: .whole(share.totalBytes)),
      (key: "ratio", value: Self.ratio(share.rawBytes, share.storedBytes)),
      (key: "totalRatio", value: Self.ratio(share.rawBytes, share.totalBytes)),
    ]
  }

  private func breakdown<Name>(
    _ breakdown: UsageBreakdown<Name>, _ key: String, name: (Name) -> JSONValue,
    more: (Int) -> [(key: String, value: JSONValue)] = { _ in [] }
  ) -> JSONValue {
    let groups = breakdown.groups.enumerated().map { place, group -> JSONValue in
      .object([(key: key, value: name(group.name))] + members(group.share) + more(place))
    }
    return ["groups": .array(groups), "commonBytes": .whole(breakdown.commonBytes)]
  }

  private func kind(_ kind: StoreUsage.KindShare) -> JSONValue {
    [
      "kind": .string(kind.kind.name), "events": .whole(kind.events), "rawBytes": .whole(kind.rawBytes),
      "storedBytesEstimated": .optional(kind.storedBytesEstimated),
    ]
  }

  private static func decision(_ total: DecisionTotal) -> JSONValue {
    [
      "day": .string(UsageText.day(total.day)), "rule": .string(total.rule), "sessions": .whole(total.sessions),
      "kept": .whole(total.kept), "evicted": .whole(total.evicted), "events": .whole(total.events),
      "clicks": .whole(total.clicks), "errors": .whole(total.errors), "rawBytes": .whole(total.rawBytes),
    ]
  }

  private static func ratio(_ raw: UInt64, _ bytes: UInt64) -> JSONValue {
    bytes == 0 ? .null : .number(Double(raw) / Double(bytes))
  }
}
