internal import CSegmentEngine
internal import SegmentEngine

/// Which sessions a C caller asks for.
struct GivenQuery {
  private(set) var query = SessionQuery()
  /// False where all are asked for.
  private(set) var hasLimit = false

  init(_ pointer: UnsafePointer<segment_session_query>?) throws(StoreError) {
    guard let pointer = unsafe pointer else { return }
    let given = unsafe try CallerStruct.read(pointer, over: segment_session_query(), "query")
    query.project = unsafe try CallerText.optional(given.project, "project", limit: FormatLimits.project)
    query.from = unsafe try GivenRange.bound(given.from_ms, "from_ms")
    query.to = unsafe try GivenRange.bound(given.to_ms, "to_ms")
    query.tags = unsafe try CallerTags.read(given.tags, given.tag_count)
    query.url = unsafe try CallerText.optional(given.url, "glob", limit: FormatLimits.page)
    let (flags, limit) = unsafe (given.flags, given.limit)
    try Flags.check(flags, known: UInt32(SEGMENT_HAS_ERRORS | SEGMENT_IS_PINNED), "query")
    query.hasErrors = flags & UInt32(SEGMENT_HAS_ERRORS) != 0
    query.isPinned = flags & UInt32(SEGMENT_IS_PINNED) != 0
    if limit != 0 {
      guard limit <= 10_000 else {
        throw StoreError(.invalidArgument, "the limit is \(limit); it must be at most 10000, or 0 for all")
      }
      query.limit = Int(limit)
      hasLimit = true
    }
    if let after = unsafe try CallerText.optional(given.after, "position", limit: 64) {
      guard let position = SessionPage.Position(after) else {
        throw StoreError(.invalidArgument, "\(after) is no position that a listing gave")
      }
      query.after = position
    }
  }
}
