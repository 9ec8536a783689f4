import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// Events, and the steps that send them.
extension ScriptedLife {
  /// Events of one batch, told apart from all others.
  static func events(_ count: Int, number: Int) -> [UInt8] {
    var text = ""
    for event in 0..<count {
      let time = 1_700_000_000_000 + number * 5_000 + event * 10
      switch event % 5 {
      case 0 where number % 3 == 0:
        text += "{\"type\":4,\"data\":{\"href\":\"https://example.test/\(number)\"},\"timestamp\":\(time)}\n"
        text += "{\"type\":2,\"data\":{\"node\":{\"id\":\(number),\"pad\":\"\(String(repeating: "x", count: 300))\"}},"
        text += "\"timestamp\":\(time + 1)}\n"
      default:
        text +=
          "{\"type\":3,\"data\":{\"source\":\(event % 6),\"id\":\(number * 1000 + event)},\"timestamp\":\(time)}\n"
      }
    }
    return Array(text.utf8)
  }

  /// Events that can be told wherever they are.
  static func tracedEvents(_ count: Int, number: Int) -> [UInt8] {
    let lines = (0..<count).map { event in
      let time = 1_700_000_000_000 + number * 5_000 + event * 10
      return "{\"type\":5,\"data\":{\"tag\":\"\(trace)\",\"payload\":\(number * 100 + event)},\"timestamp\":\(time)}\n"
    }
    return Array(lines.joined().utf8)
  }

  /// What a store gives out of a session that nobody ever sent to it; nil for nothing.
  func stranger(in core: StoreCore) throws -> String? {
    for (key, sent) in lines.sorted(by: { $0.key < $1.key }) {
      let found = try core.exported(key).bytes.split(separator: UInt8(ascii: "\n"))
      if let line = found.first(where: { !sent.contains($0) }) {
        return "\(key): gives out \(String(decoding: line, as: UTF8.self))"
      }
    }
    return nil
  }

  func prepared(_ key: SessionKey, _ bytes: [UInt8], _ batchID: String, _ durability: Durability = .synced) throws
    -> PendingCommit
  {
    // The same window each time that a batch is sent.
    let window = "w\(batchID.utf8.reduce(0) { $0 + Int($1) } % 3)"
    return .batch(
      try PreparedBatch(
        bytes, to: key, window: window, batchID: batchID, visitor: nil, validation: .rejectBatch,
        durability: durability,
        origin: .live, received: store.clock.now(), limits: .init()))
  }

  mutating func append(
    _ writer: StoreWriter, _ wanted: [(SessionKey, Int)], durability: Durability = .synced
  ) throws {
    store.clock.advance(milliseconds: 100)
    var group: [PendingCommit] = []
    underWay = []
    for (key, count) in wanted {
      batches += 1
      let isErased = key == Self.erased
      // Once it is gone nothing more is taken of it: a client stops.
      if oracle.sessions[key]?.mayBeGone ?? false { continue }
      let bytes = isErased ? Self.tracedEvents(count, number: batches) : Self.events(count, number: batches)
      let batchID = "batch-\(batches)"
      lines[key, default: []].formUnion(bytes.split(separator: UInt8(ascii: "\n")))
      try writer.core.prepare(key)
      group.append(try prepared(key, bytes, batchID, durability))
      underWay.append((key, bytes, batchID))
      oracle.sessions[key, default: .init()].possible.append(bytes)
    }
    if group.isEmpty { return }
    for outcome in writer.commit(group) { _ = try outcome.get() }
    if durability == .synced {
      for (key, _) in wanted { oracle.settle(key) }
      sent = underWay
      underWay = []
    }
  }

  /// Sends the last acknowledged batches again: nothing may be stored twice.
  mutating func resend(_ writer: StoreWriter) throws {
    for batch in sent where !mayBeGone(batch.key) {
      try writer.core.prepare(batch.key)
      let outcome = writer.commit([try prepared(batch.key, batch.bytes, batch.batchID)])
      guard let receipt = try outcome.first?.get(), receipt.isDuplicate else {
        note("\(batch.key): a batch that was accepted before was stored again")
        continue
      }
    }
  }

  mutating func tag(_ writer: StoreWriter, _ key: SessionKey, _ tags: [String: String]) throws {
    oracle.sessions[key, default: .init()].possibleTags = tags
    try writer.core.prepare(key)
    _ = try writer.commit([.tags(key, tags.map { TagChange(key: $0.key, value: $0.value) })]).first?.get()
    oracle.settle(key)
  }

  mutating func finish(_ writer: StoreWriter, _ key: SessionKey) throws {
    oracle.sessions[key, default: .init()].mayBeFinished = true
    try writer.core.prepare(key)
    _ = try writer.commit([.finish(key)]).first?.get()
    oracle.settle(key)
    oracle.sessions[key]?.isFinished = true
  }

  /// Another process tags a session through the catalog; the writer takes it over with its next group.
  mutating func editFromOutside(_ writer: StoreWriter, _ key: SessionKey, _ tags: [String: String]) throws {
    oracle.sessions[key, default: .init()].possibleTags = tags
    let reader = try store.openReader(70)
    let changes = tags.map { TagChange(key: $0.key, value: $0.value) }
    try reader.catalog.commit { _ in
      [.session(SessionEdit(commit: 0, session: key, time: 1, change: .setTags(changes)))]
    }
    oracle.settle(key)
    try append(writer, [(key, 1)])
  }

  mutating func bufferAndSync(_ writer: StoreWriter) throws {
    try append(writer, [(Self.first, 2)], durability: .buffered)
    try append(writer, [(Self.first, 3)], durability: .buffered)
    try writer.syncBuffered(force: true)
    oracle.settleAll()
    underWay = []
  }

  mutating func flush(_ writer: StoreWriter) throws {
    try writer.rotate()
    try writer.flush()
  }
}
