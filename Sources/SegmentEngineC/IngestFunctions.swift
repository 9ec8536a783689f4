// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CSegmentEngine
internal import SegmentEngine

// What the functions do is said in segment_engine.h, against which the compiler checks each; its names are C's.

@c @implementation
public func segment_store_append(
  _ store: OpaquePointer?, _ batch: UnsafePointer<segment_batch>?,
  _ receipt: UnsafeMutablePointer<segment_append_receipt>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let store = unsafe try StoreObject.borrow(store)
    guard let batch = unsafe batch else { throw .isNull("batch") }
    unsafe try CallerStruct.check(receipt, "receipt")
    let given = unsafe try GivenBatch(batch)
    let stored = try Blocking.run { () throws(StoreError) in
      try await store.append(
        given.events, to: given.key, window: given.window, batchID: given.batchID, visitor: given.visitor,
        validation: given.validation, durability: given.durability, origin: given.origin)
    }
    guard let receipt = unsafe receipt else { return }
    var facts = segment_append_receipt()
    facts.first = segment_cursor(stored.first)
    facts.events = UInt64(stored.events)
    facts.received_ms = stored.received.millisecondsSince1970
    facts.rejected = UInt64(stored.rejected.count)
    facts.is_duplicate = stored.isDuplicate ? 1 : 0
    unsafe try CallerStruct.write(facts, to: receipt, "receipt")
  }
}

@c @implementation
public func segment_store_finish(
  _ store: OpaquePointer?, _ project: UnsafePointer<CChar>?, _ session: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let store = unsafe try StoreObject.borrow(store)
    let key = unsafe try CallerText.session(project, session)
    try Blocking.run { () throws(StoreError) in try await store.finish(key) }
  }
}

@c @implementation
public func segment_store_set_tags(
  _ store: OpaquePointer?, _ project: UnsafePointer<CChar>?, _ session: UnsafePointer<CChar>?,
  _ tags: UnsafePointer<segment_tag>?, _ count: Int, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let store = unsafe try StoreObject.borrow(store)
    let key = unsafe try CallerText.session(project, session)
    let tags = unsafe try CallerTags.read(tags, count)
    try Blocking.run { () throws(StoreError) in try await store.setTags(tags, on: key) }
  }
}
