import CSegmentLZ4

/// The LZ4 block format, without frame: the lengths travel beside the block.
///
/// Safe on any thread. The library's default entry point is used: the table that it clears for
/// every call lies on the stack, and an external state, or one kept between calls, measured no faster.
package enum LZ4 {
  /// The most bytes that compressing `count` bytes can yield; 0 for a count that cannot be compressed at once.
  package static func maximumCompressedSize(of count: Int) -> Int {
    guard (0...CodecLimits.longestContent).contains(count) else { return 0 }
    return Int(LZ4_compressBound(Int32(count)))
  }

  /// Appends `bytes` as one block; the empty input too becomes a block, of one byte.
  ///
  /// `output` grows geometrically and by at least `maximumCompressedSize(of:)`, and is unchanged after an error.
  /// Throws `.unsupported` above `CodecLimits.longestContent`.
  package static func compress(
    _ bytes: RawSpan, appendingTo output: inout [UInt8]
  ) throws(CodecError) {
    guard bytes.byteCount <= CodecLimits.longestContent else {
      throw CodecError(.lz4, .unsupported, "\(bytes.byteCount) bytes are too many for one block")
    }
    let bound = maximumCompressedSize(of: bytes.byteCount)
    try output.append(addingCapacity: bound) { (span: inout OutputSpan<UInt8>) throws(CodecError) in
      try unsafe span.fill { (target) throws(CodecError) in
        let written = unsafe bytes.withUnsafeBytes { source in
          unsafe LZ4_compress_default(
            source.baseAddress, target.baseAddress, Int32(source.count), Int32(target.count))
        }
        guard written > 0 else { throw CodecError(.lz4, .unsupported, "the block could not be compressed") }
        return Int(written)
      }
    }
  }

  /// `bytes` as one block, in no more memory than it is long.
  ///
  /// It is written to memory that was used before, and copied from there: where many blocks wait to be stored, memory for
  /// the longest block possible, four times what most need, would come from the system page by page for each.
  /// Throws `.unsupported` above `CodecLimits.longestContent`.
  package static func compressed(_ bytes: RawSpan) throws(CodecError) -> [UInt8] {
    var room = rooms.withLock { $0.popLast() } ?? []
    room.removeAll(keepingCapacity: true)
    try compress(bytes, appendingTo: &room)
    var block: [UInt8] = []
    block.reserveCapacity(room.count)
    block.append(contentsOf: room)
    if room.capacity <= longestRoom {
      // What is one too many is freed outside of the lock.
      let surplus = rooms.withLock { rooms -> [UInt8]? in
        if rooms.count == mostRooms { return room }
        rooms.append(room)
        return nil
      }
      withExtendedLifetime(surplus) {}
    }
    return block
  }

  /// Memory for blocks that nobody uses now; what was used last is last.
  private static let rooms = Guarded<[[UInt8]]>([])
  /// The most that are kept, and the longest.
  private static let mostRooms = 4
  private static let longestRoom = 2 << 20

  /// Appends the `rawLength` bytes that `block` decodes to.
  ///
  /// Nothing is reserved for a length that so short a block cannot reach. `output` is unchanged after an error.
  /// Throws `.wrongLength` for a length out of reach or other than the block's, `.corrupt` for a malformed block
  /// (which the library cannot tell from one that decodes to more), `.unsupported` above
  /// `CodecLimits.longestContent`. A damaged block may also decode to other bytes of the same length: LZ4 has no
  /// checksum.
  package static func decompress(
    _ block: RawSpan, rawLength: Int, appendingTo output: inout [UInt8]
  ) throws(CodecError) {
    guard (0...CodecLimits.longestContent).contains(rawLength),
      block.byteCount <= maximumCompressedSize(of: CodecLimits.longestContent)
    else {
      throw CodecError(.lz4, .unsupported, "\(block.byteCount) bytes for \(rawLength) are too many for one block")
    }
    // A byte of a block adds at most 255 to a length; the rest is what lengths start from in a sequence.
    guard rawLength <= block.byteCount * 255 + 32 else {
      throw CodecError(.lz4, .wrongLength, "\(block.byteCount) bytes cannot decode to \(rawLength)")
    }
    let capacity = OutputSpan<UInt8>.capacity(for: rawLength)
    try output.append(addingCapacity: capacity) { (span: inout OutputSpan<UInt8>) throws(CodecError) in
      try unsafe span.fill { (target) throws(CodecError) in
        let written = unsafe block.withUnsafeBytes { source in
          unsafe LZ4_decompress_safe(
            source.baseAddress, target.baseAddress, Int32(source.count), Int32(rawLength))
        }
        guard written >= 0 else { throw CodecError(.lz4, .corrupt, "the block is malformed or longer than told") }
        guard Int(written) == rawLength else {
          throw CodecError(.lz4, .wrongLength, "the block decodes to \(written) bytes, not \(rawLength)")
        }
        return Int(written)
      }
    }
  }
}
