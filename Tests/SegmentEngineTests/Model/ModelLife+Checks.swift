import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

extension ModelLife {
  /// A session is in the store as it is in the model, or was let go as the model allows.
  mutating func compare(_ key: SessionKey) throws {
    guard let session = sessions[key] else { return }
    if session.mayBeGone, try isGone(key) {
      leave(key)
      return
    }
    try Self.compare(session, try core(), at: clock.now())
  }

  mutating func compareAll() throws {
    for key in sessions.keys.sorted() { try compare(key) }
    let core = try core()
    for key in erased.sorted() {
      let found = try core.exported(key)
      guard found.bytes.isEmpty, try core.summary(of: key) == nil else {
        throw ModelDifference("\(key) was erased and has \(found.bytes.count) bytes")
      }
    }
  }

  static func compare(_ session: ModelSession, _ core: StoreCore, at now: Double) throws {
    let key = session.key
    let found = try core.exported(key)
    if !found.gaps.isEmpty { throw ModelDifference("\(key) declares \(found.gaps)") }
    if let difference = difference(found.bytes, session.bytes) { throw ModelDifference("\(key): \(difference)") }
    guard let summary = try core.summary(of: key) else {
      if session.exists, !session.isHollow { throw ModelDifference("\(key) is gone") }
      return
    }
    guard session.exists else { throw ModelDifference("\(key) is there with \(summary.events) events") }
    let reference = session.reference
    var wrong: [String] = []
    func expect<Value: Equatable>(_ what: String, _ found: Value, _ expected: Value) {
      if found != expected { wrong.append("\(what) is \(found), expected \(expected)") }
    }
    expect("events", summary.events, UInt64(session.events.count))
    expect("rawBytes", summary.rawBytes, UInt64(session.bytes.count))
    expect("nextSequence", summary.nextSequence, UInt64(session.events.count))
    expect("tags", summary.tags, session.tags)
    expect("finished", summary.finished != nil, session.isFinished)
    expect("visitor", summary.visitor, session.visitor)
    expect("isPinned", summary.isPinned, session.isPinned(at: now))
    expect("start", summary.start?.millisecondsSince1970, reference.start)
    expect("end", summary.end?.millisecondsSince1970, reference.end)
    // A batch of no events may leave its window.
    let windows = Set(session.batches.filter { !$0.events.isEmpty }.map(\.window))
    if !session.wasHollow { expect("windows", Set(summary.windows).subtracting(session.batches.map(\.window)), []) }
    expect("windows", windows.subtracting(summary.windows), [])
    expect("implausible", summary.implausibleTimestamps, UInt64(reference.events.count { !$0.isPlausible }))
    expect("errors", summary.errors, UInt64(session.events.count { $0.line.contains("\"level\":\"error\"") }))
    if let first = session.batches.first, !first.events.isEmpty, !session.wasHollow {
      expect("firstReceived", summary.firstReceived.millisecondsSince1970, first.received)
    }
    if !wrong.isEmpty { throw ModelDifference("\(key): \(wrong.joined(separator: "; "))") }
  }

  /// Where two contents differ; nil where they do not.
  static func difference(_ found: [UInt8], _ expected: [UInt8]) -> String? {
    if found == expected { return nil }
    let place = zip(found, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(found.count, expected.count)
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.dropFirst(place).prefix(60), as: UTF8.self) }
    return "\(found.count) bytes, expected \(expected.count); they differ at \(place): \(text(found)) instead of "
      + text(expected)
  }

  /// Nothing of a session is to be found.
  func isGone(_ key: SessionKey) throws -> Bool {
    let core = try core()
    return try core.summary(of: key) == nil && core.exported(key).bytes.isEmpty
  }

  /// The slot of a session that is gone goes on with another.
  mutating func leave(_ key: SessionKey, isErased: Bool = false) {
    sessions[key] = nil
    viewers[key] = nil
    if isErased { erased.insert(key) }
    for slot in generations.indices where self.key(slot) == key { generations[slot] += 1 }
  }

  /// After a failure: what is there must be what was certain and a beginning of what was not; from here on that is what
  /// must be there.
  ///
  /// An opening makes durable what it finds.
  mutating func adoptAll(isDurable: Bool) throws {
    let core = try core()
    policy = try adoptedPolicy(core)
    for key in sessions.keys.sorted() {
      guard var session = sessions[key] else { continue }
      if session.mayBeGone, try isGone(key) {
        leave(key, isErased: core.catalog.state.isErased(key))
        continue
      }
      guard session.adopt(bytes: try core.exported(key).bytes, visitor: try core.summary(of: key)?.visitor)
      else {
        let found = try core.exported(key)
        throw ModelDifference(
          "\(key): \(found.bytes.count) bytes found after a failure, gaps \(found.gaps), "
            + "\(String(describing: try core.summary(of: key))), \(session.batches.count) "
            + "batches of \(session.batches.map(\.stored.count)), durable \(session.batches.map(\.isDurable))")
      }
      let summary = try core.summary(of: key)
      if let summary {
        let changed = ModelSession.changed(session.tags, by: session.comingTags)
        if summary.tags == changed { session.tags = changed }
        if session.isFinishComing, summary.finished != nil { session.isFinished = true }
        if let coming = session.comingPin, core.catalog.state.pins[key]?.until == coming { session.pin = coming }
      }
      // A batch of no events cannot be told by its bytes.
      if session.bytes.isEmpty {
        session.batches = []
        session.isHollow = summary != nil || !session.tags.isEmpty || session.isFinished
        session.wasHollow = session.wasHollow || session.isHollow
      }
      session.forget()
      if isDurable { session.makeDurable() }
      sessions[key] = session
    }
    try compareAll()
  }

  /// Nothing of what was erased is in any file of the store, as it stands or decompressed.
  mutating func checkTraces() throws {
    if erased.isEmpty { return }
    let core = try beside()
    let dictionaries = core.catalog.state.dictionaries.compactMap { try? core.dictionaries.dictionary($0) }
    for path in disk.paths() where path.hasPrefix(layout.root + "/") {
      let bytes = disk.contents(path) ?? []
      let all = [bytes] + Traces.decoded(bytes, dictionaries)
      for key in erased.sorted() {
        for text in [ModelText.trace(key), key.id] where all.contains(where: { Traces.contains($0, text) }) {
          throw ModelDifference("\(path) holds \(text), which was erased")
        }
      }
    }
  }
}
