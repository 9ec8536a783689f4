import SegmentEngine

/// A session as clients see it: times in milliseconds since 1970, sizes in bytes.
struct SessionJSON: Encodable {
  var project: String
  var session: String
  var visitor: String
  var start: Double?
  var end: Double?
  var durationMs: Double
  var activeMs: UInt64
  var firstReceived: Double
  var lastReceived: Double
  var finished: Double?
  var live: Bool
  var events: UInt64
  var nextSequence: UInt64
  var clicks: UInt64
  var inputs: UInt64
  var errors: UInt64
  var pages: [String]
  var pageViews: UInt64
  var windows: [String]
  var rawBytes: UInt64
  var storedBytes: UInt64
  var tags: [String: String]
  var pinned: Bool
  var expires: Double?

  init(_ summary: SessionSummary) {
    project = summary.key.project
    session = summary.key.id
    visitor = summary.visitor
    start = summary.start?.millisecondsSince1970
    end = summary.end?.millisecondsSince1970
    durationMs = summary.durationMilliseconds
    activeMs = summary.activeMilliseconds
    firstReceived = summary.firstReceived.millisecondsSince1970
    lastReceived = summary.lastReceived.millisecondsSince1970
    finished = summary.finished?.millisecondsSince1970
    live = summary.isLive && summary.finished == nil
    events = summary.events
    nextSequence = summary.nextSequence
    clicks = summary.clicks
    inputs = summary.inputs
    errors = summary.errors
    pages = summary.pages
    pageViews = summary.pageCount
    windows = summary.windows
    rawBytes = summary.rawBytes
    storedBytes = summary.storedBytes
    tags = summary.tags
    pinned = summary.isPinned
    expires = summary.expires?.millisecondsSince1970
  }
}
