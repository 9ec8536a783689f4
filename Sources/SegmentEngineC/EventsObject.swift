internal import CSegmentEngine
internal import SegmentEngine

/// Events as C callers hold them: the pass and the chunk it is at.
final class EventsObject {
  private let source: ChunkSource
  private let turn = Turn()
  private var memory = CMemory()

  init(_ source: ChunkSource) { self.source = source }

  /// The next chunk; nil at the end. What the call before gave is gone then.
  func next() throws(StoreError) -> UnsafePointer<segment_chunk>? {
    unsafe try turn.take("events") { () throws(StoreError) in
      memory = CMemory()
      let source = self.source
      guard let chunk = try Blocking.run({ () throws(StoreError) in try await source.next() }) else { return nil }
      return unsafe memory.array([memory.chunk(chunk)])
    }
  }
}

extension CMemory {
  /// A chunk, with all it points to in this memory.
  func chunk(_ chunk: EventChunk) -> segment_chunk {
    var facts = unsafe segment_chunk()
    unsafe facts.ndjson = bytes(chunk.ndjson)
    unsafe facts.length = chunk.ndjson.count
    unsafe facts.events = UInt64(chunk.count)
    if let last = chunk.lastCursor { unsafe facts.last = segment_cursor(last) }
    if let gap = chunk.gapBefore {
      unsafe facts.gap = segment_gap(gap.reason)
      unsafe facts.gap_message = text(gap.message)
      if let missing = gap.sequences {
        unsafe (facts.gap_first, facts.gap_end) = (missing.lowerBound, missing.upperBound)
      }
    }
    if let finished = chunk.finished {
      unsafe facts.is_finished = 1
      unsafe facts.finished_ms = finished.millisecondsSince1970
    }
    return unsafe facts
  }
}

extension segment_gap {
  init(_ reason: Gap.Reason) {
    switch reason {
    case .lost: self = SEGMENT_GAP_LOST
    case .startsLater: self = SEGMENT_GAP_STARTS_LATER
    case .noKeyframe: self = SEGMENT_GAP_NO_KEYFRAME
    }
  }
}
