internal import CSegmentEngine
internal import SegmentEngine

/// An error as C callers hold it.
@safe
final class ErrorObject {
  let error: StoreError
  let code: segment_code
  private let memory = CMemory()
  /// Lives as long as the object.
  let message: UnsafePointer<CChar>

  init(_ error: StoreError) {
    self.error = error
    code = ErrorCodes.code(of: error.code)
    unsafe message = memory.text(error.message)
  }
}

/// Runs the body of a C function: what it throws becomes the function's code, and an error in `place` where the caller
/// wants one.
func segmentCall(
  _ place: UnsafeMutablePointer<OpaquePointer?>?, _ body: () throws(StoreError) -> Void
) -> segment_code {
  unsafe place?.pointee = nil
  do throws(StoreError) {
    try body()
    return SEGMENT_OK
  } catch {
    guard let place = unsafe place else { return ErrorCodes.code(of: error.code) }
    let object = ErrorObject(error)
    unsafe place.pointee = Handle.give(object)
    return object.code
  }
}
