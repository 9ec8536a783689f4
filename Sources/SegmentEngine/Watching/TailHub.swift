internal import SegmentFiles

/// Brings what was just stored to those who watch it.
///
/// Of sessions that are watched the last events stay in memory, bounded over all of them; a viewer that keeps up never
/// touches the disk, one that does not is sent there. Nothing is kept of sessions that nobody watches.
///
/// A viewer registers, reads what is stored, and only then asks here: each commit is in what it read, or told here
/// after it registered, or both, which sequences sort out. So nothing is missed and nothing given twice.
final class TailHub: Sendable {
  /// What a viewer does next.
  enum Step: Sendable {
    /// Takes these events, the first of which is the one it waits for.
    case events(EventChunk)
    /// Reads from the disk; the number says how much it then knows of.
    case behind(UInt64)
    /// The session was finished then, and nothing follows.
    case finished(Double)
    case failed(StoreError)
  }

  /// Where a viewer stands.
  struct Wish: Sendable {
    /// Sequence of the event it waits for.
    var next: UInt64
    /// What it knew of when it last read from the disk.
    var seen: UInt64
    /// When the session was finished, by what it read itself: another may have read further.
    var finished: Double?
  }

  private struct Waiting {
    var wish: Wish
    var continuation: CheckedContinuation<Step, Never>
  }

  private struct Watched {
    /// Viewers by their number, with what those wait for that do.
    var viewers: [UInt64: Waiting?] = [:]
    var recent = RecentEvents()
    /// Sequence behind the last event that was told of; the highest there is where nobody knows.
    var head: UInt64 = 0
    /// Counts what was told of.
    var version: UInt64 = 0
    var finished: Double?
    var failure: StoreError?
  }

  private struct State {
    var watched: [SessionKey: Watched] = [:]
    /// Which session has the oldest events in memory: keys in the order in which they got some.
    var ages = AgeQueue<SessionKey>()
    var bytes = 0
    /// Batches in memory.
    var batches = 0
    var viewers: UInt64 = 0
    /// Sessions of which something was told since the last `wake`.
    var changed: Set<SessionKey> = []
    var isClosed = false

    mutating func take(_ news: TailNews) {
      switch news.what {
      case .finished(let time): watched[news.key]?.finished = time
      case .events(let first, let count, let chunk):
        watched[news.key]?.head = first + UInt64(count)
        if let chunk {
          let serial = ages.append(news.key)
          bytes += watched[news.key]?.recent.append(chunk, first: first, serial: serial) ?? 0
          batches += 1
        }
      case .somethingChanged: watched[news.key]?.head = .max
      }
      watched[news.key]?.version += 1
    }

    mutating func forget(_ recent: RecentEvents) {
      bytes -= recent.bytes
      batches -= recent.count
    }
  }

  private let state = Lock(State())
  private let limit: Int

  init(limit: Int) { self.limit = max(0, limit) }

  // MARK: Viewers

  /// Enters a viewer of a session.
  func register(_ key: SessionKey) -> TailViewer {
    let number = state.withLock { state -> UInt64 in
      state.viewers += 1
      state.watched[key, default: Watched()].viewers[state.viewers] = .some(nil)
      return state.viewers
    }
    return TailViewer(hub: self, key: key, number: number)
  }

  func leave(_ viewer: TailViewer) {
    state.withLock { state in
      guard state.watched[viewer.key]?.viewers.removeValue(forKey: viewer.number) != nil else { return }
      guard let watched = state.watched[viewer.key], watched.viewers.isEmpty else { return }
      state.forget(watched.recent)
      state.watched[viewer.key] = nil
      state.ages.compact(if: state.batches) { key, serial in state.watched[key]?.recent.holds(serial) ?? false }
    }
  }

  /// How much a viewer that reads from the disk now will know of.
  func version(of key: SessionKey) -> UInt64 { state.withLock { $0.watched[key]?.version ?? 0 } }

  /// The next step of a viewer; waits until there is one. A cancelled task gets `.failed(.cancelled)`.
  func step(_ viewer: TailViewer, _ wish: Wish) async -> Step {
    // Who need not wait needs no continuation.
    if let now = state.withLock({ Self.step(viewer.key, wish, $0) }) { return now }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Step, Never>) in
        let (now, other) = state.withLock { state -> (Step?, Waiting?) in
          if let now = Self.step(viewer.key, wish, state) { return (now, nil) }
          let other = state.watched[viewer.key]?.viewers[viewer.number] ?? nil
          state.watched[viewer.key]?.viewers[viewer.number] = Waiting(wish: wish, continuation: continuation)
          return (nil, other)
        }
        // Two copies of one iterator may not be used at once; no task waits for ever for it.
        other?.continuation.resume(returning: .failed(.tailCancelled))
        if let now {
          continuation.resume(returning: now)
        } else if Task.isCancelled {
          // The handler may have run when nobody waited yet.
          cancel(viewer)
        }
      }
    } onCancel: {
      cancel(viewer)
    }
  }

  private func cancel(_ viewer: TailViewer) {
    let waiting = state.withLock { state -> Waiting? in
      guard let entry = state.watched[viewer.key]?.viewers[viewer.number], let waiting = entry else { return nil }
      state.watched[viewer.key]?.viewers[viewer.number] = .some(nil)
      return waiting
    }
    waiting?.continuation.resume(returning: .failed(.tailCancelled))
  }

  /// What a viewer does next; nil: it waits.
  private static func step(_ key: SessionKey, _ wish: Wish, _ state: State) -> Step? {
    if state.isClosed { return .failed(.handleClosed) }
    guard let watched = state.watched[key] else { return .failed(.handleClosed) }
    if let failure = watched.failure { return .failed(failure) }
    if let chunk = watched.recent.chunk(at: wish.next) { return .events(chunk) }
    if watched.version > wish.seen, wish.next < watched.head { return .behind(watched.version) }
    if let finished = watched.finished ?? wish.finished { return .finished(finished) }
    return nil
  }

  // MARK: What happens

  var hasViewers: Bool { state.withLock { !$0.watched.isEmpty } }

  /// Whether somebody watches a session.
  func isWatched(_ key: SessionKey) -> Bool { state.withLock { !$0.watched.isEmpty && $0.watched[key] != nil } }

  /// The sessions that are watched.
  var watchedKeys: [SessionKey] { state.withLock { $0.watched.isEmpty ? [] : Array($0.watched.keys) } }

  /// Takes over what a commit brought. Those who wait are told by `wake`, after those who wait for the commit.
  func publish(_ news: [TailNews]) {
    state.withLock { state in
      if state.watched.isEmpty { return }
      for news in news {
        guard let watched = state.watched[news.key], watched.failure == nil else { continue }
        state.take(news)
        state.changed.insert(news.key)
      }
      while state.bytes > limit, let (key, serial) = state.ages.popOldest() {
        guard state.watched[key]?.recent.holds(serial) ?? false else { continue }
        state.bytes -= state.watched[key]?.recent.removeOldest() ?? 0
        state.batches -= 1
      }
    }
  }

  /// Sends those on who wait for what was published.
  func wake() {
    let steps = state.withLock { state -> [(CheckedContinuation<Step, Never>, Step)] in
      if state.changed.isEmpty { return [] }
      defer { state.changed.removeAll(keepingCapacity: true) }
      var steps: [(CheckedContinuation<Step, Never>, Step)] = []
      for key in state.changed { steps += release(key, &state) }
      return steps
    }
    for (continuation, step) in steps { continuation.resume(returning: step) }
  }

  private func release(_ key: SessionKey, _ state: inout State) -> [(CheckedContinuation<Step, Never>, Step)] {
    var steps: [(CheckedContinuation<Step, Never>, Step)] = []
    for (number, entry) in state.watched[key]?.viewers ?? [:] {
      guard let waiting = entry, let step = Self.step(key, waiting.wish, state) else {
        continue
      }
      state.watched[key]?.viewers[number] = .some(nil)
      steps.append((waiting.continuation, step))
    }
    return steps
  }

  /// Ends the viewers of sessions that are gone; nothing of these stays in memory.
  func fail(_ failures: [(key: SessionKey, error: StoreError)]) {
    let steps = state.withLock { state -> [(CheckedContinuation<Step, Never>, Step)] in
      var steps: [(CheckedContinuation<Step, Never>, Step)] = []
      for (key, error) in failures where state.watched[key] != nil {
        state.forget(state.watched[key]?.recent ?? RecentEvents())
        state.watched[key]?.recent = RecentEvents()
        state.watched[key]?.failure = error
        steps += release(key, &state)
      }
      return steps
    }
    for (continuation, step) in steps { continuation.resume(returning: step) }
  }

  /// Tells those who wait that something is wrong with the store; who comes later finds out by itself.
  func interrupt(_ error: StoreError) {
    let waiting = state.withLock { state -> [Waiting] in
      var waiting: [Waiting] = []
      for key in state.watched.keys {
        for (number, entry) in state.watched[key]?.viewers ?? [:] {
          guard let entry else { continue }
          state.watched[key]?.viewers[number] = .some(nil)
          waiting.append(entry)
        }
      }
      return waiting
    }
    for viewer in waiting { viewer.continuation.resume(returning: .failed(error)) }
  }

  /// Ends all viewers: the handle is closed.
  func close() {
    let steps = state.withLock { state -> [(CheckedContinuation<Step, Never>, Step)] in
      state.isClosed = true
      var steps: [(CheckedContinuation<Step, Never>, Step)] = []
      for key in state.watched.keys { steps += release(key, &state) }
      return steps
    }
    for (continuation, step) in steps { continuation.resume(returning: step) }
  }

  /// Bytes of events in memory.
  var recentBytes: Int { state.withLock { $0.bytes } }
}

extension StoreError {
  static var tailCancelled: StoreError { StoreError(.cancelled, "the task was cancelled", isRetryable: true) }
}
