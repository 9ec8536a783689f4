// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CSegmentEngine
internal import SegmentEngine

// What the functions do is said in segment_engine.h, against which the compiler checks each; its names are C's.

@c @implementation
public func segment_store_sessions(
  _ store: OpaquePointer?, _ query: UnsafePointer<segment_session_query>?,
  _ sessions: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let place = unsafe try Place(sessions, "sessions")
    let store = unsafe try StoreObject.borrow(store)
    let listing = unsafe try GivenQuery(query)
    unsafe place.set(Handle.give(SessionsObject(store, listing.query, isPaged: listing.hasLimit)))
  }
}

@c @implementation
public func segment_store_session(
  _ store: OpaquePointer?, _ project: UnsafePointer<CChar>?, _ session: UnsafePointer<CChar>?,
  _ sessions: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let place = unsafe try Place(sessions, "sessions")
    let store = unsafe try StoreObject.borrow(store)
    let key = unsafe try CallerText.session(project, session)
    guard let summary = try Blocking.run({ () throws(StoreError) in try await store.summary(of: key) }) else {
      throw StoreError(.notFound, "there is no session \(key)", location: .init(session: key))
    }
    unsafe place.set(Handle.give(SessionsObject([summary])))
  }
}

@c @implementation
public func segment_sessions_next(
  _ sessions: OpaquePointer?, _ session: UnsafeMutablePointer<UnsafePointer<segment_session>?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let place = unsafe try Place(session, "session")
    unsafe place.set(try Handle.borrow(sessions, as: SessionsObject.self, "sessions").next())
  }
}

@c @implementation
public func segment_sessions_position(_ sessions: OpaquePointer?) -> UnsafePointer<CChar>? {
  unsafe (try? Handle.borrow(sessions, as: SessionsObject.self, "sessions"))?.position
}

@c @implementation
public func segment_sessions_free(_ sessions: OpaquePointer?) {
  _ = unsafe Handle.take(sessions, as: SessionsObject.self)
}
