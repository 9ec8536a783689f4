// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CSegmentEngine
internal import SegmentEngine

// What the functions do is said in segment_engine.h, against which the compiler checks each; its names are C's.

/// A store as C callers hold it.
final class StoreObject: Sendable {
  let store: ReplayStore

  init(_ store: ReplayStore) { self.store = store }

  static func borrow(_ pointer: OpaquePointer?) throws(StoreError) -> ReplayStore {
    unsafe try Handle.borrow(pointer, as: StoreObject.self, "store").store
  }
}

@c @implementation
public func segment_store_open(
  _ path: UnsafePointer<CChar>?, _ mode: segment_mode, _ options: UnsafePointer<segment_open_options>?,
  _ store: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let place = unsafe try Place(store, "store")
    let path = unsafe try CallerText.required(path, "path", limit: FormatLimits.snapshotPath)
    guard !path.isEmpty else { throw StoreError(.invalidArgument, "the path is empty; name a folder") }
    let opened: Mode =
      switch mode {
      case SEGMENT_READ_WRITE: .readWrite
      case SEGMENT_READ_ONLY: .readOnly
      case SEGMENT_MAINTENANCE: .maintenance
      default: throw .noValue("mode", mode.rawValue)
      }
    let configuration = unsafe try OpenOptions.configuration(options)
    let object = try Blocking.run { () throws(StoreError) in
      StoreObject(try await ReplayStore.open(path, mode: opened, configuration: configuration))
    }
    unsafe place.set(Handle.give(object))
  }
}

@c @implementation
public func segment_store_close(
  _ store: OpaquePointer?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let store = unsafe try StoreObject.borrow(store)
    try Blocking.run { () throws(StoreError) in try await store.close() }
  }
}

@c @implementation
public func segment_store_free(_ store: OpaquePointer?) {
  guard let object = unsafe Handle.take(store, as: StoreObject.self) else { return }
  // Nobody is left to tell of an error, and nothing is lost by one.
  try? Blocking.run { () throws(StoreError) in try await object.store.close() }
}

@c @implementation
public func segment_store_flush(
  _ store: OpaquePointer?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let store = unsafe try StoreObject.borrow(store)
    try Blocking.run { () throws(StoreError) in try await store.flush() }
  }
}

extension StoreError {
  static func noValue(_ what: String, _ value: UInt32) -> StoreError {
    StoreError(.invalidArgument, "\(what) is \(value), which is none of its values")
  }
}
