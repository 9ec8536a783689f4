/// SHA-256 (FIPS 180-4). Linear in the length; only the result is allocated.
package struct SHA256: Sendable {
  /// Bytes of a digest.
  package static let byteCount = 32
  private static let blockSize = 64

  private var state = SHA256State()
  /// The last `pendingCount` bytes absorbed, which do not fill a block yet.
  private var pending: InlineArray<64, UInt8> = .init(repeating: 0)
  private var pendingCount = 0
  /// Bytes absorbed.
  private var length: UInt64 = 0

  package init() {}

  /// The digest of `bytes`, 32 bytes.
  package static func digest(_ bytes: RawSpan) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalize()
  }

  package static func digest(_ bytes: [UInt8]) -> [UInt8] {
    digest(unsafe bytes.span.bytes)
  }

  package mutating func update(_ bytes: [UInt8]) {
    unsafe update(bytes.span.bytes)
  }

  package mutating func update(_ bytes: RawSpan) {
    length &+= UInt64(bytes.byteCount)
    unsafe bytes.withUnsafeBytes { input in
      var at = 0
      if pendingCount > 0 {
        while at < input.count && pendingCount < Self.blockSize {
          pending[pendingCount] = unsafe input[at]
          pendingCount += 1
          at += 1
        }
        guard pendingCount == Self.blockSize else { return }
        absorbPending()
      }
      while at + Self.blockSize <= input.count {
        unsafe state.absorb(UnsafeRawBufferPointer(rebasing: input[at..<at + Self.blockSize]))
        at += Self.blockSize
      }
      while at < input.count {
        pending[pendingCount] = unsafe input[at]
        pendingCount += 1
        at += 1
      }
    }
  }

  private mutating func absorbPending() {
    unsafe pending.span.withUnsafeBytes { unsafe state.absorb($0) }
    pendingCount = 0
  }

  /// The digest of everything so far, 32 bytes.
  package consuming func finalize() -> [UInt8] {
    let bits = length &* 8
    append(0x80)
    while pendingCount != Self.blockSize - 8 { append(0) }
    for shift in stride(from: 56, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: bits &>> shift)) }
    return state.bytes
  }

  private mutating func append(_ byte: UInt8) {
    pending[pendingCount] = byte
    pendingCount += 1
    if pendingCount == Self.blockSize { absorbPending() }
  }
}
