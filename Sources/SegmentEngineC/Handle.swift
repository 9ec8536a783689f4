internal import SegmentEngine

/// Objects as C callers hold them: a pointer that owns one reference.
enum Handle {
  /// Hands an object to the caller, who gives it back to `take`.
  static func give(_ object: AnyObject) -> OpaquePointer {
    unsafe OpaquePointer(Unmanaged.passRetained(object).toOpaque())
  }

  /// The object behind a handle, alive for as long as the call uses it. Throws `.invalidArgument` where there is none,
  /// or where it is a handle of another kind.
  static func borrow<Object: AnyObject>(
    _ pointer: OpaquePointer?, as type: Object.Type, _ what: String
  ) throws(StoreError) -> Object {
    guard let pointer = unsafe pointer else { throw .isNull(what) }
    let object = unsafe Unmanaged<AnyObject>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
    guard let object = object as? Object else {
      throw StoreError(.invalidArgument, "\(what) is a handle of another kind; pass what the library gave for it")
    }
    return object
  }

  /// Takes an object back from the caller; nil for NULL.
  static func take<Object: AnyObject>(_ pointer: OpaquePointer?, as type: Object.Type) -> Object? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe Unmanaged<AnyObject>.fromOpaque(UnsafeRawPointer(pointer)).takeRetainedValue() as? Object
  }
}

/// Where a call leaves a pointer for its caller: NULL until it succeeds.
@safe
struct Place<Pointer> {
  private let pointer: UnsafeMutablePointer<Pointer?>

  init(_ pointer: UnsafeMutablePointer<Pointer?>?, _ what: String) throws(StoreError) {
    guard let pointer = unsafe pointer else { throw .isNull("\(what), where the result goes,") }
    unsafe self.pointer = pointer
    unsafe pointer.pointee = nil
  }

  func set(_ value: consuming Pointer?) { unsafe pointer.pointee = value }
}

extension StoreError {
  static func isNull(_ what: String) -> StoreError {
    StoreError(.invalidArgument, "\(what) is NULL, which is not allowed here")
  }
}
