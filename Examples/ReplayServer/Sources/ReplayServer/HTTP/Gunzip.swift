import CReplayZlib

/// Decompresses gzip, of one member or several, piece by piece as it comes, and stops where it grows over a limit.
@safe
final class Gunzip {
  /// Why it stopped.
  enum Failure: Error {
    case broken
    case tooLarge
    case noMemory
  }

  /// In a place of its own on the heap, since zlib remembers its address. Valid as long as this object.
  @unsafe private let native: UnsafeMutablePointer<z_stream>
  private let limit: Int
  private var output: [UInt8] = []
  private var isInMember = false
  private var hadMember = false

  /// 15 bits of window, and 16 for: gzip, nothing else.
  private static let windowBits: Int32 = 15 + 16
  private static let step = 64 << 10

  /// Takes at most `limit` bytes of output. Throws `Failure.noMemory`.
  init(limit: Int) throws(Failure) {
    self.limit = limit
    unsafe native = .allocate(capacity: 1)
    unsafe native.initialize(to: z_stream())
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(native, Self.windowBits, ZLIB_VERSION, size) == Z_OK else { throw .noMemory }
  }

  deinit {
    // Harmless where the start failed.
    _ = unsafe inflateEnd(native)
    unsafe native.deinitialize(count: 1)
    unsafe native.deallocate()
  }

  /// Decompresses some more. Throws `Failure`.
  func push(_ input: [UInt8]) throws(Failure) {
    var taken = 0
    while taken < input.count {
      if !isInMember {
        guard unsafe inflateReset(native) == Z_OK else { throw .broken }
        isInMember = true
        hadMember = true
      }
      let step = inflateSome(input, from: taken)
      taken = step.taken
      guard output.count + step.bytes.count <= limit else { throw .tooLarge }
      output += step.bytes
      switch step.status {
      case Z_STREAM_END: isInMember = false
      case Z_OK: break
      // It made no progress: all the input is used up and nothing waits for room.
      case Z_BUF_ERROR where step.taken == input.count: return
      default: throw .broken
      }
    }
    try drain(input)
  }

  /// All that was decompressed. Throws `.broken` where the last member is not at its end.
  func finish() throws(Failure) -> [UInt8] {
    if isInMember || !hadMember { throw .broken }
    return output
  }

  /// Takes what zlib still holds when all input is used up but the room was not enough.
  private func drain(_ input: [UInt8]) throws(Failure) {
    while isInMember {
      let step = inflateSome(input, from: input.count)
      guard output.count + step.bytes.count <= limit else { throw .tooLarge }
      output += step.bytes
      switch step.status {
      case Z_STREAM_END: isInMember = false
      case Z_OK where !step.bytes.isEmpty: continue
      case Z_OK, Z_BUF_ERROR: return
      default: throw .broken
      }
    }
  }

  private func inflateSome(_ input: [UInt8], from start: Int) -> (bytes: [UInt8], taken: Int, status: Int32) {
    var status = Z_OK
    var left = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.step) { room, count in
      unsafe input.withUnsafeBufferPointer { input in
        // zlib only reads there; its type lacks the const.
        unsafe native.pointee.next_in = input.baseAddress.map { unsafe UnsafeMutablePointer(mutating: $0 + start) }
        unsafe native.pointee.avail_in = UInt32(input.count - start)
        unsafe native.pointee.next_out = room.baseAddress
        unsafe native.pointee.avail_out = UInt32(Self.step)
        status = unsafe inflate(native, Z_NO_FLUSH)
        left = unsafe Int(native.pointee.avail_in)
        count = unsafe Self.step - Int(native.pointee.avail_out)
      }
    }
    return (bytes, input.count - left, status)
  }
}
