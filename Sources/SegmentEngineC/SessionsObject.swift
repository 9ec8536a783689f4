internal import CSegmentEngine
internal import SegmentEngine

/// A listing as C callers hold it: pages of sessions, and the session it is at.
@safe
final class SessionsObject {
  private let store: ReplayStore?
  private let turn = Turn()
  private let isPaged: Bool
  /// What to ask for next; nil where there is no more to come.
  private var query: SessionQuery?
  private var page: ArraySlice<SessionSummary> = []
  private var memory = CMemory()
  private let own = CMemory()
  private(set) var position: UnsafePointer<CChar>?

  /// A listing; where it `isPaged`, of no more than the query's limit.
  init(_ store: ReplayStore, _ query: SessionQuery, isPaged: Bool) {
    self.store = store
    self.query = query
    self.isPaged = isPaged
  }

  /// A listing of what is known already.
  init(_ sessions: [SessionSummary]) {
    store = nil
    isPaged = true
    page = sessions[...]
  }

  /// The next session; nil at the end. What the call before gave is gone then.
  func next() throws(StoreError) -> UnsafePointer<segment_session>? {
    unsafe try turn.take("sessions") { () throws(StoreError) in
      memory = CMemory()
      while page.isEmpty {
        guard let store, var next = query else { return nil }
        let read = try Blocking.run { [next] () throws(StoreError) in try await store.sessions(next) }
        page = read.sessions[...]
        query = nil
        if let more = read.next {
          next.after = more
          if isPaged { unsafe position = own.text(more.description) } else { query = next }
        }
        if query == nil, page.isEmpty { return nil }
      }
      return unsafe memory.array([memory.session(page.removeFirst())])
    }
  }
}

extension CMemory {
  /// A session's facts, with all they point to in this memory.
  func session(_ summary: SessionSummary) -> segment_session {
    var facts = unsafe segment_session()
    unsafe facts.project = text(summary.key.project)
    unsafe facts.session = text(summary.key.id)
    unsafe facts.visitor = text(summary.visitor)
    unsafe facts.start_ms = summary.start.milliseconds
    unsafe facts.end_ms = summary.end.milliseconds
    unsafe facts.first_received_ms = summary.firstReceived.millisecondsSince1970
    unsafe facts.last_received_ms = summary.lastReceived.millisecondsSince1970
    unsafe facts.finished_ms = summary.finished.milliseconds
    unsafe facts.expires_ms = summary.expires.milliseconds
    unsafe facts.active_ms = summary.activeMilliseconds
    unsafe facts.events = summary.events
    unsafe facts.page_views = summary.pageCount
    unsafe facts.clicks = summary.clicks
    unsafe facts.inputs = summary.inputs
    unsafe facts.errors = summary.errors
    unsafe facts.raw_bytes = summary.rawBytes
    unsafe facts.stored_bytes = summary.storedBytes
    unsafe facts.next_sequence = summary.nextSequence
    unsafe facts.keep_rate = summary.keepRate
    unsafe facts.rule = optionalText(summary.rule)
    unsafe facts.is_live = summary.isLive ? 1 : 0
    unsafe facts.is_pinned = summary.isPinned ? 1 : 0
    unsafe facts.windows = texts(summary.windows)
    unsafe facts.window_count = summary.windows.count
    unsafe facts.pages = texts(summary.pages)
    unsafe facts.page_count = summary.pages.count
    let tags = unsafe summary.tags.sorted { $0.key < $1.key }.map {
      unsafe segment_tag(key: text($0.key), value: text($0.value))
    }
    unsafe facts.tags = array(tags)
    unsafe facts.tag_count = tags.count
    return unsafe facts
  }
}

extension Timestamp? {
  /// As C callers see a time that may be unknown.
  fileprivate var milliseconds: Double { self?.millisecondsSince1970 ?? .nan }
}
