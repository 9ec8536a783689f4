// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CSegmentEngine
internal import SegmentEngine

// What the functions do is said in segment_engine.h, against which the compiler checks each; its names are C's.

@c @implementation
public func segment_error_code(_ error: OpaquePointer?) -> segment_code {
  guard unsafe error != nil else { return SEGMENT_OK }
  return unsafe errorObject(error)?.code ?? SEGMENT_UNKNOWN
}

@c @implementation
public func segment_error_message(_ error: OpaquePointer?) -> UnsafePointer<CChar>? {
  unsafe errorObject(error)?.message ?? ("" as StaticString).cText
}

@c @implementation
public func segment_error_is_retryable(_ error: OpaquePointer?) -> CInt {
  unsafe errorObject(error)?.error.isRetryable == true ? 1 : 0
}

@c @implementation
public func segment_error_errno(_ error: OpaquePointer?) -> CInt {
  unsafe errorObject(error)?.error.errno ?? 0
}

@c @implementation
public func segment_error_event(_ error: OpaquePointer?) -> Int64 {
  unsafe errorObject(error)?.error.location?.event.map { Int64($0) } ?? -1
}

@c @implementation
public func segment_error_offset(_ error: OpaquePointer?) -> Int64 {
  unsafe errorObject(error)?.error.location?.offset.flatMap { Int64(exactly: $0) } ?? -1
}

@c @implementation
public func segment_error_free(_ error: OpaquePointer?) {
  _ = unsafe Handle.take(error, as: ErrorObject.self)
}

@c @implementation
public func segment_code_name(_ code: segment_code) -> UnsafePointer<CChar>? {
  unsafe ErrorCodes.name(of: code).cText
}

@c @implementation
public func segment_engine_version() -> UnsafePointer<CChar>? {
  unsafe EngineVersion.text.cText
}

private func errorObject(_ error: OpaquePointer?) -> ErrorObject? {
  unsafe try? Handle.borrow(error, as: ErrorObject.self, "error")
}
