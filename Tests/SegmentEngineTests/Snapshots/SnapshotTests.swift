import SegmentFiles
import Testing

@testable import SegmentEngine

@Suite("A snapshot is a store as it was, made beside a server")
struct SnapshotTests {
  private func filled() async throws -> (StoreFolder, ReplayStore, ShiftedClock) {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 1), clock: clock)
    for number in 0..<9 {
      try await store.addSession(
        SessionKey(id: "s\(number)"), text: "snap\(number)-", tags: ["n": "\(number)"], isFinished: number % 2 == 0)
      if number == 2 {
        try await store.flush()
        clock.advance(hours: 30)
        try await store.maintain([.promotion])
      }
      if number == 5 { try await store.flush() }
    }
    return (folder, store, clock)
  }

  @Test(
    "It reads the same, verifies, shares its packs, takes no writes, and stays as it was",
    arguments: [Mode.readWrite, .maintenance])
  func readsTheSame(_ mode: Mode) async throws {
    let (folder, store, clock) = try await filled()
    let image = try await StoreImage(store)
    let path = folder.parent + "/snap"
    let maker = mode == .readWrite ? store : try await folder.open(mode, .compacting(recentHours: 1), clock: clock)
    let report = try await maker.snapshot(to: path)
    #expect(report.packs == 2 && report.bytesLinked > 0)
    #expect(await failure { try await maker.snapshot(to: path) }?.code == .invalidArgument)
    #expect(await failure { try await maker.snapshot(to: "relative") }?.code == .invalidArgument)
    // The store goes on.
    try await store.addSession(SessionKey(id: "later"), text: "later")
    try await store.flush()
    clock.advance(hours: 40)
    try await store.maintain()
    let snapshot = try await ReplayStore.open(path, mode: .readOnly)
    image.expectSame(try await StoreImage(snapshot), "in the snapshot")
    #expect(try await snapshot.verify(deep: true).findings.filter { $0.severity != .note } == [])
    #expect(try await snapshot.info().snapshotTime != nil)
    try await snapshot.close()
    for mode in [Mode.readWrite, .maintenance] {
      #expect(await failure { _ = try await ReplayStore.open(path, mode: mode) }?.code == .isSnapshot)
    }
    // Promotion dropped the recent pack: the snapshot alone holds it now.
    let info = try await store.info()
    #expect(info.snapshots.map(\.path) == [path] && info.snapshots[0].bytesHeld > 0)
    if mode == .maintenance { try await maker.close() }
    try await store.close()
  }

  @Test("Restored, it is a store of its own: it takes events, and erasing in it touches the other not")
  func restored() async throws {
    let (folder, store, _) = try await filled()
    let image = try await StoreImage(store)
    let (path, target) = (folder.parent + "/snap", folder.parent + "/restored")
    try await store.snapshot(to: path)
    #expect(await failure { try await ReplayStore.restore(folder.path, to: target) }?.code == .invalidArgument)
    #expect(await failure { try await ReplayStore.restore(folder.parent + "/none", to: target) }?.code == .notFound)
    try await ReplayStore.restore(path, to: target)
    let other = try await ReplayStore.open(target, configuration: .compacting(recentHours: 1))
    image.expectSame(try await StoreImage(other), "restored")
    #expect(try await other.verify(deep: true).findings == [])
    try await other.addSession(SessionKey(id: "new"), text: "new")
    try await other.addSession(SessionKey(id: "s7"), text: "more")
    try await other.erase(.session(SessionKey(id: "s1")))
    try await other.flush()
    #expect(try await other.sessions().sessions.count == 9)
    image.expectSame(try await StoreImage(store), "the store")
    #expect(try await store.verify(deep: true).findings == [])
    try await other.close()
    try await store.close()
  }

  @Test("Erasure reaches snapshots: packs they share, packs they alone still have, their journals and catalogs")
  func erased() async throws {
    let (folder, store, clock) = try await filled()
    let path = folder.parent + "/snap"
    try await store.snapshot(to: path)
    // What was recent then is archived now: the snapshot has packs that the store no longer names.
    try await store.flush()
    clock.advance(hours: 40)
    try await store.maintain()
    for number in [1, 4, 8] {
      let receipt = try await store.erase(.session(SessionKey(id: "s\(number)")))
      #expect(receipt.limits.allSatisfy { !$0.contains("snapshot") }, "\(receipt.limits)")
    }
    let snapshot = try await ReplayStore.open(path, mode: .readOnly)
    let names = try StoreFolderView(path).files()
    for number in [1, 4, 8] {
      for (name, bytes) in names {
        #expect(!Traces.contains(bytes, "snap\(number)-"), "\(name)")
        #expect(Traces.decoded(bytes, []).allSatisfy { !Traces.contains($0, "snap\(number)-") }, "\(name)")
      }
      #expect(try await snapshot.summary(of: SessionKey(id: "s\(number)")) == nil)
    }
    #expect(try await snapshot.sessions().sessions.count == 6)
    for session in try await snapshot.sessions().sessions {
      #expect(try await snapshot.export(session.key) == store.export(session.key))
    }
    #expect(try await snapshot.verify(deep: true).findings.filter { $0.severity == .damage } == [])
    try await snapshot.close()
    try await store.close()
  }

  @Test("Made while sessions are appended, flushed, merged and promoted it holds all that was acknowledged before")
  func beside() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(), clock: clock)
    let maintainer = try await folder.open(.maintenance, .compacting(), clock: clock)
    let key = SessionKey(id: "s")
    let acknowledged = ReadCount()
    let ended = ReadCount()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { ended.add() }
        for number in 0..<150 {
          try await store.append(
            Sample.batch([Sample.mutation(Sample.base + Double(number), text: "\(number)")]), to: key, origin: .imported
          )
          acknowledged.add()
          if number % 4 == 3 { try await store.flush() }
        }
      }
      group.addTask {
        while ended.count == 0 {
          try await maintainer.maintain([.promotion, .merge])
          clock.advance(hours: 0.3)
        }
      }
      group.addTask {
        for number in 0..<6 {
          let before = acknowledged.count
          let path = folder.parent + "/snap\(number)"
          try await maintainer.snapshot(to: path)
          let snapshot = try await ReplayStore.open(path, mode: .readOnly)
          if before > 0 {
            let lines = try await snapshot.events(in: key).all()
            #expect(lines.gaps == [] && lines.lines.count >= before)
            #expect(lines.sequences == lines.sequences.indices.map(UInt64.init))
          }
          #expect(try await snapshot.verify(deep: true).findings.filter { $0.severity == .damage } == [])
          try await snapshot.close()
        }
      }
      try await group.waitForAll()
    }
    try await maintainer.close()
    try await store.close()
  }
}
