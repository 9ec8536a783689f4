@testable import SegmentEngine

/// A batch as the model knows it.
struct ModelBatch {
  /// Empty where the client gave none.
  var id: String
  var window: String
  var visitor: String
  var origin: Origin
  /// As it is sent.
  var sent: [UInt8]
  /// The valid events, as they must be stored.
  var events: [ReferenceSession.Event]
  /// How many of those that were sent are invalid.
  var rejected = 0
  var received = 0.0
  /// Survives a loss of power.
  var isDurable = false

  var stored: [UInt8] { events.isEmpty ? [] : Sample.batch(events.map(\.line)) }
}

/// What must be in the store of one session: plain arrays and dictionaries.
struct ModelSession {
  let key: SessionKey
  var batches: [ModelBatch] = []
  var tags: [String: String] = [:]
  var isFinished = false
  /// Nil: not pinned; 0: for good; else until when.
  var pin: Double?

  // What an operation that is under way may have done.
  var comingBatches: [ModelBatch] = []
  var comingTags: [String: String?] = [:]
  var isFinishComing = false
  var comingPin: Double??
  /// Maintenance, or an erasure, may have taken it away: wholly, or not at all.
  var mayBeGone = false
  /// When a batch of it was received last: what it is kept by.
  var lastReceived = 0.0
  /// When tags or the finish were: they count where there are no events with them in a segment.
  var lastEdited = 0.0
  /// There is nothing of it but tags, the finish or batches of no events, as its events were lost with the power. What
  /// another process said of it is seen when the writer has taken it over.
  var isHollow = false
  /// The visitor of a batch that was lost, where that is what the session is known by.
  var visitorOfLost = ""
  /// It was: what it has of times and windows is not all known.
  var wasHollow = false

  init(_ key: SessionKey) { self.key = key }

  var exists: Bool { !batches.isEmpty || isHollow }
  var bytes: [UInt8] { batches.flatMap(\.stored) }
  var events: [ReferenceSession.Event] { batches.flatMap(\.events) }
  var lines: [String] { batches.flatMap { $0.events.map(\.line) } }
  var visitor: String {
    visitorOfLost.isEmpty ? batches.first { !$0.visitor.isEmpty }?.visitor ?? "" : visitorOfLost
  }

  func isPinned(at now: Double) -> Bool { pin.map { $0 == 0 || $0 > now } ?? false }

  /// The plain reference that reading is held against.
  var reference: ReferenceSession {
    var reference = ReferenceSession()
    for batch in batches where !batch.events.isEmpty {
      reference.append(
        batch.events.map { ($0, batch.origin == .live) }, window: batch.window, received: batch.received)
    }
    return reference
  }

  /// Every part of it has a plausible start: a listing goes by the earliest of these, or of the times of receipt.
  var isPlain: Bool {
    !wasHollow && reference.events.allSatisfy(\.isPlausible) && batches.allSatisfy { !$0.events.isEmpty }
      && batches.first.map { $0.received >= reference.start ?? 0 } ?? false
  }

  /// Its events alone say when it was: edits count for a session without plausible timestamps.
  var isDated: Bool { !isHollow && (reference.end != nil || lastEdited <= lastReceived) }

  static func changed(_ tags: [String: String], by changes: [String: String?]) -> [String: String] {
    var tags = tags
    for (key, value) in changes { tags[key] = value }
    return tags
  }

  /// What was under way is done.
  mutating func settle() {
    if !comingBatches.isEmpty { isHollow = false }
    batches += comingBatches
    tags = Self.changed(tags, by: comingTags)
    isFinished = isFinished || isFinishComing
    if let comingPin { pin = comingPin }
    forget()
  }

  /// What was under way is not done.
  mutating func forget() {
    comingBatches = []
    comingTags = [:]
    isFinishComing = false
    comingPin = nil
    mayBeGone = false
  }

  mutating func makeDurable() {
    for index in batches.indices { batches[index].isDurable = true }
  }

  /// After a failure, or in a process that does not write: takes over what was found, where that is one of the things that
  /// may be: all that is durable, and of what follows a beginning, batch by batch. Returns false where it is not.
  ///
  /// A segment may name the visitor of a batch behind it, and keeps it where that is lost.
  mutating func adopt(bytes found: [UInt8], visitor: String? = nil) -> Bool {
    let all = batches + comingBatches
    let certain = batches.lastIndex(where: \.isDurable).map { $0 + 1 } ?? 0
    var content = batches[..<certain].flatMap(\.stored)
    var count = certain
    while content != found {
      guard count < all.count, content.count <= found.count else { return false }
      content += all[count].stored
      count += 1
    }
    batches = Array(all[..<count])
    comingBatches = []
    if let visitor, self.visitor.isEmpty, all[count...].first(where: { !$0.visitor.isEmpty })?.visitor == visitor {
      visitorOfLost = visitor
    }
    return true
  }
}
