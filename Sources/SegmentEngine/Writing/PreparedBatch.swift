internal import SegmentCodecs
internal import SegmentScanner

/// A batch that is scanned, compressed and ready for the journal; made on the caller's side, outside of any lock.
package struct PreparedBatch: Sendable {
  var record: PreparedRecord
  var batch: BatchDetails
  /// So that the committing thread need not look at its events.
  var digest: BatchDigest
  var received: Double
  var durability: Durability
  package var rejected: [AppendReceipt.RejectedEvent]
  /// The events as they are stored, where somebody watches the session.
  var watched: [UInt8]?

  /// Scans and compresses a batch; `isWatched` keeps the events at hand. Throws `.emptyBatch`, `.batchTooLarge`,
  /// `.eventTooLarge` or `.invalidEvents`, with the event and its offset; nothing was stored then.
  package init(
    _ events: [UInt8], to key: SessionKey, window: String, batchID: String?, visitor: String?,
    validation: Validation, durability: Durability, origin: Origin, received: Double, limits: Configuration.Limits,
    isWatched: Bool = false
  ) throws(StoreError) {
    guard events.count <= min(limits.batchBytes, FormatLimits.batchBytes) else {
      throw StoreError(
        .batchTooLarge,
        "a batch of \(events.count) bytes; at most \(min(limits.batchBytes, FormatLimits.batchBytes)) are taken",
        location: .init(session: key))
    }
    let scanned: ScannedBatch
    do {
      scanned = try unsafe BatchScanner.scan(
        events.span.bytes, receiveTime: received, invalid: validation == .skipInvalid ? .skip : .reject,
        limits: ScanLimits(
          maximumEventBytes: min(limits.eventBytes, FormatLimits.eventBytes), maximumDepth: limits.nesting))
    } catch {
      throw StoreError(error, in: key)
    }
    rejected = scanned.rejected.map {
      .init(ordinal: $0.ordinal, byteOffset: $0.byteOffset, reason: $0.reason.description)
    }
    var raw = events
    if !scanned.isCanonical {
      raw = []
      raw.reserveCapacity(scanned.events.reduce(0) { $0 + $1.length + 1 })
      unsafe BatchScanner.appendCanonical(scanned, from: events.span.bytes, to: &raw)
    } else if raw.last != 0x0A {
      raw.append(0x0A)
    }
    var payload: [UInt8]
    do { payload = try unsafe LZ4.compressed(raw.span.bytes) } catch {
      throw StoreError(.ioFailed, "a batch could not be compressed: \(error.detail)")
    }
    var flags: RecordHead.Flags = origin == .live ? [.live] : []
    let rawLength = raw.count
    let rawChecksum = Checksum.plain(raw, 0..<rawLength)
    if payload.count < rawLength { flags.insert(.compressed) } else { payload = raw }

    if isWatched { watched = raw }

    let table = EventTable(scanned.events)
    let batch = BatchDetails(
      window: window, visitor: visitor ?? "", batchID: batchID ?? "", rawChecksum: rawChecksum,
      reference: table.medianTimestamp, table: table,
      pages: scanned.pages.map { PageVisit(event: $0.event, href: $0.href) })
    let plausibility = Plausibility(reference: batch.reference, received: origin == .live ? received : nil)
    var details = ByteWriter(reserving: 64 + 8 * table.entries.count)
    batch.encode(into: &details)
    self.batch = batch
    digest = BatchDigest(batch, plausibility, received: received)
    self.received = received
    self.durability = durability
    record = PreparedRecord(
      kind: .events, flags: flags, session: key, events: table.entries.count, rawLength: rawLength, payload: payload,
      payloadChecksum: Checksum.plain(payload, 0..<payload.count), appliedCommit: 0, encodedDetails: details.bytes)
  }
}

extension StoreError {
  /// What the scanner refused, in the engine's terms.
  init(_ error: ScanError, in session: SessionKey) {
    let code: Code =
      switch error.reason {
      case .emptyBatch: .emptyBatch
      case .eventTooLarge: .eventTooLarge
      default: .invalidEvents
      }
    self.init(
      code, "event \(error.ordinal) of the batch, at byte \(error.byteOffset): \(error.reason.description)",
      location: Location(offset: UInt64(max(0, error.byteOffset)), session: session, event: error.ordinal))
  }
}
