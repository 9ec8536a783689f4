internal import SegmentFiles

/// What a session consists of at one moment: taken under one lock, so that nothing is in it twice or not at all.
struct SessionPicture: Sendable {
  struct PackedSegment: Sendable {
    var pack: PackFacts
    var offset: UInt32
    var length: UInt32
  }

  var key: SessionKey
  /// Segments whose key hash fits; whether they are the session's own their entries tell.
  var packed: [PackedSegment]
  var live: LiveSession?
  var journals: [Identifier: JournalFile]
  /// Changes other processes committed that no journal holds yet.
  var edits: [SessionEdit]
  var pin: Pin?
}

extension SessionPicture {
  /// When the session was finished, the last time it was; nil where it was not.
  func finished(_ parts: [PackedPart]) -> Double? {
    var times = parts.sorted { $0.entry.ordinal < $1.entry.ordinal }.compactMap(\.entry.finished)
    times += live?.parts.compactMap(\.finished) ?? []
    for edit in edits {
      if case .finish = edit.change { times.append(edit.time) }
    }
    return times.last
  }
}

/// A segment of the session, its directory entry read.
struct PackedPart: Sendable {
  var pack: PackFacts
  var entry: SegmentEntry
  /// Where the entry stands in the pack.
  var entryRange: Range<UInt64> = 0..<0

  /// Whether it is what stands at this place; packs are not written again, but for what is destroyed.
  func isAt(_ segment: SessionPicture.PackedSegment) -> Bool {
    entryRange.lowerBound == UInt64(segment.offset) && pack.id == segment.pack.id
  }
}

extension PackedPart {
  init(_ pack: PackFacts, _ segment: SegmentIndex.Segment, _ entry: SegmentEntry) {
    let start = UInt64(segment.offset)
    self.init(pack: pack, entry: entry, entryRange: start..<start + UInt64(segment.length))
  }
}

extension StoreCore {
  func picture(of key: SessionKey) throws(StoreError) -> SessionPicture {
    let hash = KeyHash.of(key)
    let now = environment.clock.now()
    return try indexed { contents, index in
      // From the commit on nothing of it is there, wherever its bytes still are.
      if Self.refusal(of: key, now: now, contents) != nil {
        return SessionPicture(key: key, packed: [], live: nil, journals: [:], edits: [])
      }
      let live = contents.live[key]
      var journals: [Identifier: JournalFile] = [:]
      for part in live?.parts ?? [] { journals[part.journal.id] = contents.journals[part.journal.id] }
      let applied = max(contents.live.appliedCommit, contents.catalog.applied)
      return SessionPicture(
        key: key,
        packed: index.find(hash).compactMap { segment in
          index.packs[Int(segment.pack)].map {
            .init(pack: $0, offset: segment.offset, length: segment.length)
          }
        },
        live: live, journals: journals,
        edits: contents.catalog.sessionEdits.filter { $0.commit > applied && $0.session == key },
        pin: contents.catalog.isPinned(key, at: now) ? contents.catalog.pins[key] : nil)
    }
  }

  /// The session's segments in order of sequence, by one read each, but for one that was read before.
  func packedParts(_ picture: SessionPicture, knowing known: PackedPart? = nil) throws(StoreError) -> [PackedPart] {
    var parts: [PackedPart] = []
    for segment in picture.packed {
      if var known, known.isAt(segment) {
        known.pack = segment.pack
        parts.append(known)
        continue
      }
      let pack = try packs.pack(segment.pack)
      guard let entry = try pack.readEntry(offset: segment.offset, length: segment.length),
        entry.session == picture.key
      else { continue }
      let start = UInt64(segment.offset)
      parts.append(
        PackedPart(pack: segment.pack, entry: entry, entryRange: start..<start + UInt64(segment.length)))
    }
    if parts.count < 2 { return parts }
    return parts.sorted {
      ($0.entry.sequence, $0.entry.ordinal, $0.entry.offset) < ($1.entry.sequence, $1.entry.ordinal, $1.entry.offset)
    }
  }

  /// Picture and segments together. Where a pack is gone, because another process removed it, the catalog is read again.
  func resolve(
    _ key: SessionKey, knowing known: PackedPart? = nil
  ) throws(StoreError) -> (picture: SessionPicture, parts: [PackedPart]) {
    for _ in 0..<4 {
      let picture = try picture(of: key)
      do { return (picture, try packedParts(picture, knowing: known)) } catch  where error.code == .notFound {
        try refreshAll()
      }
    }
    let picture = try picture(of: key)
    return (picture, try packedParts(picture))
  }

  /// A batch ID in the session's packs: its entry and the epoch of its first event.
  func packedBatch(_ hash: UInt64, of key: SessionKey) throws(StoreError) -> (batch: BatchEntry, epoch: UInt64)? {
    for part in try resolve(key).parts {
      guard let batch = part.entry.batches.first(where: { $0.hash == hash }) else { continue }
      let block = part.entry.blocks.last { $0.sequence <= batch.sequence }
      return (batch, block?.epoch ?? 0)
    }
    return nil
  }

  /// Makes a session known to the live table before something of it is committed, so that its sequences go on where
  /// its packs end; with `isHeld` it stays there until the commit. Blocks where the session has segments in packs and is
  /// not known.
  package func prepare(_ key: SessionKey, isHeld: Bool = true) throws(StoreError) {
    let isKnown = try indexed { contents, index in
      let hash = KeyHash.of(key)
      if !index.contains(hash) {
        var session = LiveSession(lastReceived: self.environment.clock.now())
        session.isJoined = true
        contents.live.enter(session, as: key)
      }
      guard contents.live[key]?.isJoined ?? false else { return false }
      contents.live.update(key) { $0.pending += isHeld ? 1 : 0 }
      return true
    }
    if isKnown { return }
    let parts = try resolve(key).parts
    var session = LiveSession(
      nextSequence: parts.map(\.entry.nextSequence).max() ?? 0, lastReceived: environment.clock.now())
    session.visitor = parts.first { !$0.entry.visitor.isEmpty }?.entry.visitor ?? ""
    session.isJoined = true
    for part in parts {
      session.packedBatches += part.entry.batches.map { UInt32(truncatingIfNeeded: $0.hash) }
    }
    contents.withLock { contents in
      contents.live.enter(session, as: key)
      contents.live.update(key) { $0.pending += isHeld ? 1 : 0 }
    }
  }

  /// Whether `prepare` of this session would read from the disk.
  func needsReading(_ key: SessionKey) -> Bool {
    let hash = KeyHash.of(key)
    return contents.withLock { !($0.live[key]?.isJoined ?? false) && ($0.index?.contains(hash) ?? true) }
  }
}
