import SegmentEngine

/// What became of one recording.
struct ImportOutcome: Sendable {
  /// An event that was left out, and why.
  struct Rejected: Sendable {
    var path: String
    /// Line of the first event of its batch, from 0.
    var line: Int
    /// Its ordinal in the batch, from 0.
    var ordinal: Int
    var reason: String

    /// For people, who count from 1.
    var text: String { "\(path), event \(ordinal + 1) of the batch from line \(line + 1) on: \(reason)" }
  }

  /// So many of the events that were left out are told of.
  static let toldLimit = 3

  var key: SessionKey
  /// Events and bytes that were stored now.
  var events = 0
  var rawBytes = 0
  /// Batches that were stored now, and those that had been before.
  var batches = 0
  var duplicates = 0
  /// Events that were left out, and the first of them.
  var rejectedCount = 0
  var rejected: [Rejected] = []
  /// Lines that the batches file does not list.
  var linesLeftOut = 0
  var isFinished = false
  /// Why it ended early.
  var failure: Failure?
  /// True where nothing more can be stored in this handle.
  var isFatal = false

  init(_ key: SessionKey) { self.key = key }

  mutating func add(_ batch: InputBatch, _ receipt: AppendReceipt) {
    if receipt.isDuplicate {
      duplicates += 1
      return
    }
    batches += 1
    events += receipt.events
    rawBytes += batch.bytes.count
    rejectedCount += receipt.rejected.count
    for event in receipt.rejected.prefix(max(0, Self.toldLimit - rejected.count)) {
      rejected.append(Rejected(path: batch.path, line: batch.line, ordinal: event.ordinal, reason: event.reason))
    }
  }

  mutating func fail(_ error: any Error) {
    failure = Failure(error) ?? Failure(.failed, "\(error)")
    let fatal: [StoreError.Code] = [.diskFull, .ioFailed, .closed, .accessDenied, .cancelled]
    if let error = error as? StoreError { isFatal = fatal.contains(error.code) }
    if error is CancellationError { isFatal = true }
  }

  /// One line for people.
  var text: String {
    var text =
      "\(key.id): \(Units.count(UInt64(events), "event")), \(Units.bytes(UInt64(rawBytes))), "
      + "\(batches) \(batches == 1 ? "batch" : "batches")"
    if duplicates > 0 { text += ", \(duplicates) more \(duplicates == 1 ? "was" : "were") there already" }
    if rejectedCount > 0 { text += ", \(Units.count(UInt64(rejectedCount), "invalid event")) left out" }
    if failure != nil { text += ", then failed" }
    return text.printable + "\n"
  }

  var document: JSONValue {
    .record([
      "project": .string(key.project), "session": .string(key.id), "events": .count(events),
      "rawBytes": .count(rawBytes), "batches": .count(batches), "duplicates": .count(duplicates),
      "rejectedEvents": .count(rejectedCount), "linesLeftOut": .count(linesLeftOut), "isFinished": .bool(isFinished),
      "error": .optional(failure?.message),
    ])
  }

  /// What must be told on standard error.
  var complaints: [String] {
    var lines = rejected.map(\.text)
    if rejectedCount > rejected.count {
      lines.append("\(key.id): and \(rejectedCount - rejected.count) more invalid events")
    }
    if linesLeftOut > 0 {
      let count = Units.count(UInt64(linesLeftOut), "line")
      lines.append("\(key.id): \(count) left out, which no batch of the batches file holds")
    }
    if let failure { lines.append("\(key.id): \(failure.message)") }
    return lines
  }
}
