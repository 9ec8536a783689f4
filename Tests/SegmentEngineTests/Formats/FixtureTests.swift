import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// Whatever becomes of the engine, it reads what earlier versions wrote, and goes on writing to it.
@Suite("Stores of every released format version")
struct FixtureTests {
  private static let clock = ManualClock(now: ReferenceStore.now)

  private static func files(_ path: String) throws -> [String: String] {
    try StoreFolderView(path).files().mapValues { Fixture.hash($0) }
  }

  /// Everything a reader can ask gives what was put in.
  private static func check(
    _ store: ReplayStore, _ expected: Fixture.Expected, added: [SessionKey: [String]] = [:], _ what: String
  ) async throws {
    let listed = try await store.sessions().sessions
    if added.isEmpty { #expect(listed.map(\.key) == expected.sessions.map(\.key), "\(what)") }
    #expect(listed.count == expected.sessions.count, "\(what)")
    for session in expected.sessions {
      let more = (added[session.key] ?? []).reduce(into: "") { $0 += $1 + "\n" }
      let out = try await store.events(in: session.key).all()
      let lost = session.lost.count == 2 ? session.lost[0]..<session.lost[1] : 0..<0
      #expect(out.gaps.compactMap(\.sequences) == (lost.isEmpty ? [] : [lost]), "\(what): \(session.key)")
      let sequences = (0..<UInt64(out.events.count + lost.count)).filter { !lost.contains($0) }
      #expect(out.events.map(\.sequence) == sequences, "\(what): \(session.key)")
      let old = Array(out.ndjson.prefix(session.bytes))
      #expect(Fixture.hash(old) == session.sha256, "\(what): \(session.key)")
      #expect(String(decoding: out.ndjson.dropFirst(session.bytes), as: UTF8.self) == more, "\(what): \(session.key)")
      let summary = try #require(listed.first { $0.key == session.key })
      #expect(summary.events == UInt64(session.events + (added[session.key]?.count ?? 0)), "\(what): \(session.key)")
      #expect(summary.visitor == session.visitor && summary.tags == session.tags, "\(what): \(session.key)")
      #expect(summary.windows == session.windows && summary.isPinned == session.isPinned, "\(what): \(session.key)")
      #expect((summary.finished != nil) == session.isFinished, "\(what): \(session.key)")
      #expect(summary.start?.millisecondsSince1970 == session.start, "\(what): \(session.key)")
      guard more.isEmpty else { continue }
      #expect(summary.end?.millisecondsSince1970 == session.end, "\(what): \(session.key)")
      let moment = Timestamp(millisecondsSince1970: session.playbackAt)
      let played = try await store.playback(of: session.key, at: .at(moment)).all()
      #expect(played.events.count == session.playbackEvents, "\(what): \(session.key)")
      #expect(Fixture.hash(played.ndjson) == session.playbackSHA256, "\(what): \(session.key)")
    }
    for name in expected.absent {
      let parts = name.split(separator: "/").map(String.init)
      #expect(try await store.summary(of: SessionKey(project: parts[0], id: parts[1])) == nil, "\(what): \(name)")
    }
  }

  private static func found(_ store: ReplayStore) async throws -> [String] {
    try await store.verify(deep: true).findings.map(\.severity).filter { $0 != .note }.map(\.rawValue).sorted()
  }

  @Test("Is read without a byte being changed", arguments: Fixture.all)
  func read(_ fixture: Fixture) async throws {
    if ProcessInfo.processInfo.environment["SEGMENT_WRITE_FIXTURES"] != nil { try await fixture.write() }
    let expected = try fixture.expected()
    #expect(try Self.files(fixture.store.path) == expected.files)
    let store = try await Fixture.open(fixture.store.path, .readOnly, Self.clock)
    try await Self.check(store, expected, fixture.testDescription)
    let findings = try await store.verify(deep: true).findings
    #expect(findings.map { "\($0.severity.rawValue) \($0.file)" } == expected.findings)
    try await store.close()
    #expect(try Self.files(fixture.store.path) == expected.files)
  }

  @Test("Is written to, flushed, promoted, and well afterwards", arguments: Fixture.all)
  func written(_ fixture: Fixture) async throws {
    let expected = try fixture.expected()
    let folder = try StoreFolder()
    try FileManager.default.copyItem(atPath: fixture.store.path, toPath: folder.path)
    let clock = ManualClock(now: ReferenceStore.now)
    var store = try await Fixture.open(folder.path, .readWrite, clock)
    try await Self.check(store, expected, "opened")
    // What was lost before stays lost, and a journal kept aside stays until someone removes it. What a crash left is gone.
    let kept = expected.findings.compactMap { $0.split(separator: " ").first.map(String.init) }.filter { $0 != "note" }
      .sorted()
    #expect(try await Self.found(store) == kept)
    var added: [SessionKey: [String]] = [:]
    for (place, session) in expected.sessions.enumerated() {
      let time = session.end + Double(place) + 1
      added[session.key] = [Sample.meta(time), Sample.snapshot(time + 1, text: "new"), Sample.mutation(time + 2)]
      try await store.add(added[session.key] ?? [], to: session.key, window: session.windows[0], batchID: "new")
    }
    try await Self.check(store, expected, added: added, "appended")
    try await store.flush()
    try await Self.check(store, expected, added: added, "flushed")
    clock.advance(milliseconds: 2 * PromotionRule.longest)
    try await store.maintain([.promotion, .merge])
    try await Self.check(store, expected, added: added, "promoted")
    #expect(try store.packs(.recent) == [])
    try await store.close()
    store = try await Fixture.open(folder.path, .readOnly, clock)
    try await Self.check(store, expected, added: added, "opened again")
    #expect(try await Self.found(store) == kept)
    for name in expected.absent {
      let word = name.split(separator: "/")[1]
      if word.count > 3 { #expect(try store.traces(of: String(word), in: folder).isEmpty, "\(name)") }
    }
    try await store.close()
  }

  @Test("Is what the engine of its time made, as long as that is the engine's own version", arguments: Fixture.all)
  func unchanged(_ fixture: Fixture) throws {
    guard fixture.version == FormatVersion.newest else { return }
    // Sessions alone: where files begin and end, what is in which, and how well it compresses may change any time.
    let reference = try ReferenceStore(fixture.kind)
    let expected = try fixture.expected()
    #expect(Set(reference.sessions.keys) == Set(expected.sessions.map(\.key)))
    for session in expected.sessions {
      #expect(Fixture.hash(reference.sessions[session.key]?.text ?? "") == session.sha256, "\(session.key)")
    }
  }
}
