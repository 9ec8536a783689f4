import SegmentEngine
import Testing

@testable import class SegmentEngine.ReplayStore

@Suite("A tail that cannot go on says why, at once")
struct TailEndTests {
  private let key = SessionKey(project: "shop", id: "s")
  private let line = Sample.mutation(Sample.base)

  @Test("Erased while it is watched: by this process and by another", arguments: [false, true])
  func erased(_ elsewhere: Bool) async throws {
    let folder = try StoreFolder()
    var configuration = Configuration.small()
    configuration.followInterval = 1
    let store = try await folder.open(.readWrite, configuration)
    try await store.add([line], to: key)
    let admin = try await folder.open(.maintenance, configuration)
    let watchers = [Watcher(store.tail(key)), Watcher(admin.tail(key))]
    for watcher in watchers { try await watcher.hasSeen(1) }
    try await store.add([line], to: key)
    _ = try await (elsewhere ? admin : store).erase(.session(key))
    for watcher in watchers { #expect(try await watcher.end().error?.code == .sessionErased) }
    #expect(store.core.tails.recentBytes == 0)
    #expect(await failure { _ = try await store.events(in: key, after: nil).all() }?.code == .sessionErased)
    try await admin.close()
    try await store.close()
  }

  @Test("Left out by the policy while it is watched")
  func dropped() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(), clock: clock)
    try await store.setPolicy(.testing(rest: 0))
    try await store.add([line], to: key)
    let watcher = Watcher(store.tail(key))
    try await watcher.hasSeen(1)
    try await store.flush()
    clock.advance(hours: 26)
    try await store.maintain()
    #expect(try await watcher.end().error?.code == .sessionDropped)
    try await store.close()
  }

  @Test("Expired on its day: whole packs go without a word on what is in them", arguments: [false, true])
  func expired(_ elsewhere: Bool) async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    var configuration = Configuration.compacting()
    configuration.followInterval = 1
    let store = try await folder.open(.readWrite, configuration, clock: clock)
    try await store.setPolicy(.testing(rest: 1, days: 2))
    try await store.add([line], to: key)
    let other = elsewhere ? try await folder.open(.readOnly, configuration, clock: clock) : store
    let watcher = Watcher(other.tail(key))
    try await watcher.hasSeen(1)
    try await store.flush()
    clock.advance(hours: 26)
    try await store.maintain()
    clock.advance(hours: 4 * 24)
    try await store.add([line], to: SessionKey(project: "shop", id: "later"))
    try await store.maintain()
    #expect(try await store.summary(of: key) == nil)
    #expect(try await watcher.end().error?.code == .sessionExpired)
    if elsewhere { try await other.close() }
    try await store.close()
  }

  @Test("Erased while a slow viewer still reads: nothing of it is given from then on")
  func erasedWhileReading() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    for index in 0..<5 { try await store.add([Sample.mutation(Sample.base + Double(index))], to: key) }
    var tail = store.tail(key).makeAsyncIterator()
    var polled = store.events(in: key, after: nil).makeAsyncIterator()
    var played = store.playback(of: key).makeAsyncIterator()
    #expect(try await tail.next()?.count == 1)
    #expect(try await polled.next()?.count == 1)
    #expect(try await played.next() != nil)
    // The journal is unlinked as it is, and still open here.
    try await store.flush()
    _ = try await store.erase(.session(key))
    #expect(await failure { _ = try await tail.next() }?.code == .sessionErased)
    #expect(await failure { _ = try await polled.next() }?.code == .sessionErased)
    while true {
      do { if try await played.next() == nil { break } } catch {
        #expect(error.code == .sessionErased)
        break
      }
    }
    try await store.close()
  }

  @Test("Cancelled while it waits, and before it begins")
  func cancelled() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add([line], to: key)
    let watcher = Watcher(store.tail(key))
    try await watcher.hasSeen(1)
    watcher.cancel()
    #expect(try await watcher.end().error?.code == .cancelled)
    let early = Watcher(store.tail(key))
    early.cancel()
    #expect(try await early.end().error?.code == .cancelled)
    #expect(store.core.tails.watchedKeys.isEmpty)
    try await store.close()
  }

  @Test("The store is closed", arguments: [Mode.readWrite, .readOnly])
  func closed(_ mode: Mode) async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add([line], to: key)
    let other = mode == .readWrite ? store : try await folder.open(mode)
    let watcher = Watcher(other.tail(key))
    try await watcher.hasSeen(1)
    try await other.close()
    #expect(try await watcher.end().error?.code == .closed)
    #expect(await failure { for try await _ in other.tail(key) {} }?.code == .closed)
    try await store.close()
  }

  @Test("There is no such session, and no such cursor")
  func unknown() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    #expect(try await Watcher(store.tail(key)).end().error?.code == .notFound)
    let epoch = try await store.add([line, line], to: key).first.epoch
    for cursor in [
      Cursor(epoch: epoch, sequence: 2), Cursor(epoch: epoch, sequence: .max), Cursor(epoch: epoch + 1, sequence: 1),
      Cursor(epoch: epoch + 1, sequence: 7),
    ] {
      #expect(try await Watcher(store.tail(key, after: cursor)).end().error?.code == .invalidArgument)
      #expect(await failure { _ = try await store.events(in: key, after: cursor).all() }?.code == .invalidArgument)
    }
    try await store.close()
  }
}
