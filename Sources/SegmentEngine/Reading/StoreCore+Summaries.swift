extension StoreCore {
  /// The facts of a session; nil where there is none.
  package func summary(of key: SessionKey) throws(StoreError) -> SessionSummary? {
    try summary(of: key, knowing: nil)
  }

  /// With a part of it that was read already.
  func summary(of key: SessionKey, knowing part: PackedPart?) throws(StoreError) -> SessionSummary? {
    let (picture, parts) = try resolve(key, knowing: part)
    return summary(picture, parts)
  }

  func summary(_ picture: SessionPicture, _ parts: [PackedPart]) -> SessionSummary? {
    let liveParts = picture.live?.parts ?? []
    guard !parts.isEmpty || !liveParts.isEmpty else { return nil }
    guard let facts = SegmentFacts.joined(parts.map(\.entry.facts) + liveParts.map(\.facts)) else { return nil }

    // Tags follow the order in which they were set: by journal, then as they came.
    var tags: [String: String] = [:]
    for part in parts.sorted(by: { ($0.entry.ordinal, $0.entry.sequence) < ($1.entry.ordinal, $1.entry.sequence) }) {
      for tag in part.entry.tags { tags[tag.change.key] = tag.change.value }
    }
    for part in liveParts {
      for tag in part.tags { tags[tag.change.key] = tag.change.value }
    }
    for edit in picture.edits {
      if case .setTags(let changes) = edit.change {
        for change in changes { tags[change.key] = change.value }
      }
    }
    let finished = picture.finished(parts)
    var windows: [String] = []
    for window in parts.flatMap(\.entry.windows) + Array(picture.live?.windows ?? [])
    where !windows.contains(where: { NameBytes.same($0, window) }) {
      windows.append(window)
    }
    let visitor = parts.first { !$0.entry.visitor.isEmpty }?.entry.visitor ?? picture.live?.visitor ?? ""
    let stored =
      parts.reduce(0) { $0 + $1.entry.storedBytes } + liveParts.reduce(0) { $0 + $1.storedBytes }
    let decided = parts.filter { !$0.entry.rule.isEmpty }
    // All of it stays as long as the part that stays longest.
    let days = decided.map(\.pack.expiryDay)
    let expiry = days.contains(0) || picture.pin != nil ? nil : days.max()
    return SessionSummary(
      key: picture.key, visitor: visitor, start: facts.start.map(Timestamp.init(millisecondsSince1970:)),
      end: facts.end.map(Timestamp.init(millisecondsSince1970:)),
      firstReceived: Timestamp(millisecondsSince1970: facts.firstReceived),
      lastReceived: Timestamp(millisecondsSince1970: facts.lastReceived), events: facts.events,
      kinds: facts.tallies.map { .init(kind: $0.kind, events: $0.events, rawBytes: $0.rawBytes) },
      pages: Array(facts.pages), pageCount: facts.pageCount, clicks: facts.clicks, inputs: facts.events(of: .input),
      errors: facts.errors, packedEvents: facts.packed, implausibleTimestamps: facts.implausible,
      activeMilliseconds: facts.activeMilliseconds, rawBytes: facts.rawBytes, storedBytes: stored, windows: windows,
      tags: tags, finished: finished.map(Timestamp.init(millisecondsSince1970:)), segments: parts.count,
      isLive: !liveParts.isEmpty,
      nextSequence: max(parts.map(\.entry.nextSequence).max() ?? 0, picture.live?.nextSequence ?? 0),
      rule: decided.last?.entry.rule, keepRate: decided.last?.entry.rate ?? 1,
      expires: expiry.map { Timestamp(millisecondsSince1970: Double($0) * Day.milliseconds) },
      isPinned: picture.pin != nil,
      pinnedUntil: picture.pin.flatMap { $0.until == 0 ? nil : Timestamp(millisecondsSince1970: $0.until) })
  }
}
