import SegmentEngine
import Testing

/// Random sessions, read in every way, against a reference that sorts and filters in memory. A failure names the seed.
@Suite("Reading gives what plain sorting and filtering of all events gives")
struct ReferenceTests {
  /// Where a session lies when it is read.
  enum Place: CaseIterable { case live, mixed, packed }

  @Test("In every order, range and window, from every keyframe, live, packed and half of each", arguments: 0..<25)
  func agrees(_ seed: Int) async throws {
    var random = RandomSession(seed: seed)
    let batches = random.batches(random.random(1...45))
    for place in Place.allCases {
      let folder = try StoreFolder()
      let store = try await folder.open()
      let key = SessionKey(id: "s\(seed)")
      var reference = ReferenceSession()
      for (index, batch) in batches.enumerated() {
        try await store.append(batch.bytes, to: key, window: batch.window, origin: .imported)
        reference.append(batch.events.map { ($0, false) }, window: batch.window, received: 0)
        if place == .mixed, index % 11 == 5 || index % 17 == 3 { try await store.flush() }
      }
      if place == .packed { try await store.flush() }
      try await ReferenceCheck().check(store, key, reference, &random, "seed \(seed), \(random.clock), \(place)")
      try await store.close()
    }
  }

  @Test("In blocks that are decompressed in part, with much memory for them, little and none", arguments: 200..<215)
  func large(_ seed: Int) async throws {
    var random = RandomSession(seed: seed)
    random.scale = 60
    let batches = random.batches(random.random(5...40))
    let folder = try StoreFolder()
    var configuration = Configuration.small(block: 1 << random.random(18...21))
    configuration.blockCacheBytes = random.pick([0, 3 << 20, 64 << 20])
    let store = try await folder.open(.readWrite, configuration)
    let key = SessionKey(id: "s\(seed)")
    var reference = ReferenceSession()
    for (index, batch) in batches.enumerated() {
      try await store.append(batch.bytes, to: key, window: batch.window, origin: .imported)
      reference.append(batch.events.map { ($0, false) }, window: batch.window, received: 0)
      if index == 20 { try await store.flush() }
    }
    try await store.flush()
    let what = "seed \(seed), \(random.clock), memory \(configuration.blockCacheBytes)"
    try await ReferenceCheck().check(store, key, reference, &random, what)
    try await store.close()
  }

  @Test("Events that come live are held against the clock too", arguments: 100..<106)
  func live(_ seed: Int) async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: "s\(seed)")
    var reference = ReferenceSession()
    try await store.append(Sample.batch(Sample.click(0)), to: SessionKey(id: "clock"))
    let now = try #require(try await store.summary(of: SessionKey(id: "clock"))).firstReceived.millisecondsSince1970
    // Every other session's clock is ten days off: all of its timestamps are implausible then.
    let base = (now - (seed % 2 == 0 ? 0 : 864_000_000)).rounded(.down)
    var random = RandomSession(seed: seed, base: base)
    for batch in random.batches(20) {
      let receipt = try await store.append(batch.bytes, to: key, window: batch.window)
      reference.append(
        batch.events.map { ($0, true) }, window: batch.window, received: receipt.received.millisecondsSince1970)
    }
    let summary = try #require(try await store.summary(of: key))
    #expect(summary.implausibleTimestamps == UInt64(reference.events.count { !$0.isPlausible }))
    try await ReferenceCheck().check(store, key, reference, &random, "seed \(seed), live")
    try await store.flush()
    try await ReferenceCheck().check(store, key, reference, &random, "seed \(seed), packed")
    try await store.close()
  }
}
