internal import SegmentEngine

/// One pass over a session's events, which tasks that have nothing else in common move on in turn.
actor ChunkSource {
  private var iterator: EventChunks.Iterator

  init(_ chunks: EventChunks) { iterator = chunks.makeAsyncIterator() }

  /// The next chunk; nil at the end. One call at a time.
  func next() async throws(StoreError) -> EventChunk? {
    var reading = iterator
    let chunk = try await reading.next(isolation: self)
    iterator = reading
    return chunk
  }
}
