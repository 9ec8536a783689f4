// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CSegmentEngine
internal import SegmentEngine

// What the functions do is said in segment_engine.h, against which the compiler checks each; its names are C's.

@c @implementation
public func segment_store_events(
  _ store: OpaquePointer?, _ project: UnsafePointer<CChar>?, _ session: UnsafePointer<CChar>?,
  _ range: UnsafePointer<segment_range>?, _ events: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let place = unsafe try Place(events, "events")
    let store = unsafe try StoreObject.borrow(store)
    let key = unsafe try CallerText.session(project, session)
    let range = unsafe try GivenRange(range)
    let chunks = store.events(in: key, time: range.time, window: range.window, order: range.order)
    unsafe place.set(Handle.give(EventsObject(ChunkSource(chunks))))
  }
}

@c @implementation
public func segment_store_playback(
  _ store: OpaquePointer?, _ project: UnsafePointer<CChar>?, _ session: UnsafePointer<CChar>?,
  _ from: segment_playback_from, _ ms: Double, _ window: UnsafePointer<CChar>?,
  _ events: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let place = unsafe try Place(events, "events")
    let store = unsafe try StoreObject.borrow(store)
    let key = unsafe try CallerText.session(project, session)
    let window = unsafe try CallerText.optional(window, "window", limit: FormatLimits.window)
    let time: PlaybackTime =
      switch from {
      case SEGMENT_FROM_START: .start
      case SEGMENT_FROM_TIME: .at(Timestamp(millisecondsSince1970: try GivenRange.finite(ms, "ms")))
      case SEGMENT_FROM_OFFSET: .offset(milliseconds: try GivenRange.finite(ms, "ms"))
      default: throw .noValue("from", from.rawValue)
      }
    unsafe place.set(Handle.give(EventsObject(ChunkSource(store.playback(of: key, at: time, window: window)))))
  }
}

@c @implementation
public func segment_store_poll(
  _ store: OpaquePointer?, _ project: UnsafePointer<CChar>?, _ session: UnsafePointer<CChar>?,
  _ after: UnsafePointer<segment_cursor>?, _ fromKeyframe: CInt, _ events: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let place = unsafe try Place(events, "events")
    let store = unsafe try StoreObject.borrow(store)
    let key = unsafe try CallerText.session(project, session)
    let cursor = unsafe after.map { unsafe Cursor($0.pointee) }
    let chunks = store.events(in: key, after: cursor, fromKeyframe: fromKeyframe != 0)
    unsafe place.set(Handle.give(EventsObject(ChunkSource(chunks))))
  }
}

@c @implementation
public func segment_events_next(
  _ events: OpaquePointer?, _ chunk: UnsafeMutablePointer<UnsafePointer<segment_chunk>?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let place = unsafe try Place(chunk, "chunk")
    unsafe place.set(try Handle.borrow(events, as: EventsObject.self, "events").next())
  }
}

@c @implementation
public func segment_events_free(_ events: OpaquePointer?) {
  _ = unsafe Handle.take(events, as: EventsObject.self)
}
