internal import SegmentEngine

/// Structs of C callers, which begin with their size: older callers have shorter ones, newer callers longer ones.
enum CallerStruct {
  /// The caller's struct over `zero`, a value of zeros: what it has not is zero. Throws `.invalidArgument` where its
  /// size is none, or where it sets what this version does not know.
  static func read<Value: BitwiseCopyable>(
    _ pointer: UnsafePointer<Value>, over zero: Value, _ what: String
  ) throws(StoreError) -> Value {
    let source = unsafe UnsafeRawPointer(pointer)
    let size = unsafe try size(at: source, what)
    var value = zero
    let known = min(size, MemoryLayout<Value>.stride)
    unsafe withUnsafeMutableBytes(of: &value) { bytes in
      unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: source, count: min(known, bytes.count)))
    }
    for offset in known..<size where unsafe source.load(fromByteOffset: offset, as: UInt8.self) != 0 {
      throw StoreError(.invalidArgument, "\(what) sets a field that this version does not know; use a newer library")
    }
    return value
  }

  /// Fills in the caller's struct, as far as it knows the fields.
  static func write<Value: BitwiseCopyable>(
    _ value: Value, to pointer: UnsafeMutablePointer<Value>, _ what: String
  ) throws(StoreError) {
    let target = UnsafeMutableRawPointer(pointer)
    let size = unsafe try size(at: UnsafeRawPointer(target), what)
    unsafe withUnsafeBytes(of: value) { bytes in
      let count = min(size, bytes.count)
      if count > prefix {
        unsafe (target + prefix).copyMemory(
          from: bytes.baseAddress.unsafelyUnwrapped + prefix, byteCount: count - prefix)
      }
    }
  }

  /// Throws what `write` would, before anything is done that could not be told then.
  static func check<Value>(_ pointer: UnsafeMutablePointer<Value>?, _ what: String) throws(StoreError) {
    if let pointer = unsafe pointer { _ = unsafe try size(at: UnsafeRawPointer(pointer), what) }
  }

  private static let prefix = MemoryLayout<Int>.size

  private static func size(at pointer: UnsafeRawPointer, _ what: String) throws(StoreError) -> Int {
    let size = unsafe pointer.loadUnaligned(as: UInt.self)
    guard size >= prefix, size <= 4_096 else {
      throw StoreError(.invalidArgument, "struct_size of \(what) is \(size); set it to sizeof of the struct")
    }
    return Int(size)
  }
}
