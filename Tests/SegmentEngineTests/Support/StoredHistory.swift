import SegmentEngine
import Testing

/// Random sessions as they were sent to a store, spread over many packs.
struct StoredHistory {
  struct Sent {
    var key: SessionKey
    var window: String
    var bytes: [UInt8]
    var id: String
    var first: UInt64
  }

  struct Session {
    var random: RandomSession
    var reference = ReferenceSession()
  }

  private(set) var sessions: [SessionKey: Session] = [:]
  private(set) var sent: [Sent] = []
  private var generator: SeededGenerator
  let seed: Int

  var keys: [SessionKey] { sessions.keys.sorted { ($0.project, $0.id) < ($1.project, $1.id) } }

  init(seed: Int, sessions count: Int) {
    self.seed = seed
    generator = SeededGenerator(seed: seed &+ 77)
    for index in 0..<count {
      // Every clock once; IDs that are no file names, two projects.
      let key = SessionKey(project: index % 2 == 0 ? "shop" : "blog", id: "s/\(index) \(seed)")
      sessions[key] = Session(random: RandomSession(seed: seed * count + index))
    }
  }

  /// Sends batches for `packs` packs, each flushed. A session is in most of them.
  mutating func fill(_ store: ReplayStore, packs: Int, dictionaries: Bool = false) async throws {
    for pack in 0..<packs {
      if dictionaries, pack % 4 == 2 {
        let version = UInt64(pack / 4 + 1)
        try store.install(Sample.meta(Sample.base) + generator.letters(300), project: "shop", version: version)
      }
      for key in keys where !generator.once(in: 4) {
        try await send(store, key, batches: Int.random(in: 1...3, using: &generator))
      }
      if generator.once(in: 3), let key = keys.randomElement(using: &generator),
        sessions[key]?.reference.events.isEmpty == false
      {
        try await store.setTags(["pack\(pack)": "\(seed)", "last": "\(pack)"], on: key)
      }
      try await store.flush()
    }
  }

  mutating func send(_ store: ReplayStore, _ key: SessionKey, batches: Int) async throws {
    guard var session = sessions.removeValue(forKey: key) else { return }
    for batch in session.random.batches(batches) {
      let id = "\(key.id)-\(sent.count)"
      let receipt = try await store.append(
        batch.bytes, to: key, window: batch.window, batchID: id, visitor: "v\(key.id)", origin: .imported)
      session.reference.append(batch.events.map { ($0, false) }, window: batch.window, received: 0)
      sent.append(Sent(key: key, window: batch.window, bytes: batch.bytes, id: id, first: receipt.first.sequence))
    }
    sessions[key] = session
  }

  /// All events of a session as NDJSON.
  func text(_ key: SessionKey) -> String {
    sessions[key]?.reference.events.map { $0.line + "\n" }.joined() ?? ""
  }

  /// Every session byte for byte, in every order, at random times.
  mutating func check(_ store: ReplayStore, isExact: Bool = true, _ what: String) async throws {
    for key in keys {
      guard var session = sessions[key], !session.reference.events.isEmpty else { continue }
      let name = "seed \(seed), \(key), \(session.random.clock), \(what)"
      #expect(try await store.export(key) == text(key), "\(name)")
      try await ReferenceCheck(isExact: isExact).check(store, key, session.reference, &session.random, name)
      sessions[key]?.random = session.random
    }
  }

  /// Batches sent again, some of them: each is known, and answered as it was.
  mutating func checkDuplicates(_ store: ReplayStore, _ what: String) async throws {
    for batch in sent where generator.once(in: 6) {
      let receipt = try await store.append(
        batch.bytes, to: batch.key, window: batch.window, batchID: batch.id, origin: .imported)
      #expect(receipt.isDuplicate && receipt.first.sequence == batch.first, "seed \(seed), \(what): \(batch.id)")
    }
  }
}

/// What a store says of its sessions, but for where they lie.
struct StoreImage: Equatable {
  var exports: [SessionKey: String] = [:]
  var summaries: [SessionKey: SessionSummary] = [:]
  var listed: [SessionSummary] = []

  init(_ store: ReplayStore) async throws {
    listed = try await store.sessions().sessions.map(Self.plain)
    for summary in listed {
      summaries[summary.key] = try await store.summary(of: summary.key).map(Self.plain)
      exports[summary.key] = try await store.export(summary.key)
    }
  }

  private static func plain(_ summary: SessionSummary) -> SessionSummary {
    var summary = summary
    summary.segments = 0
    summary.storedBytes = 0
    summary.rule = nil
    summary.expires = nil
    return summary
  }

  /// Fails where two images differ, naming the session.
  func expectSame(_ other: StoreImage, _ what: String) {
    #expect(listed.map(\.key) == other.listed.map(\.key), "\(what)")
    for (key, summary) in summaries {
      #expect(other.summaries[key] == summary, "\(what), \(key)")
      #expect(other.exports[key] == exports[key], "\(what), \(key)")
    }
    #expect(listed == other.listed, "\(what)")
  }
}
