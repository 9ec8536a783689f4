/// A way to compress a whole session, with contexts and tables that are made once.
protocol BenchCodec: AnyObject {
  /// Replaces `output` by what `raw` compresses to, keeping its memory. Throws `Failure` or `CodecError`.
  func compress(_ raw: [UInt8], into output: inout [UInt8]) throws

  /// Replaces `output` by the `rawBytes` bytes that `packed` was made of.
  func decompress(_ packed: [UInt8], rawBytes: Int, into output: inout [UInt8]) throws
}

extension [UInt8] {
  /// Replaces the content by what `body` writes into memory of `capacity` bytes; it returns how many it wrote.
  /// Memory that is large enough is kept, so that repeating a call measures no allocation.
  mutating func refill(_ capacity: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Int) throws {
    removeAll(keepingCapacity: true)
    try append(addingCapacity: Swift.max(capacity, 1)) { (span: inout OutputSpan<UInt8>) throws in
      try unsafe span.withUnsafeMutableBufferPointer { (room, count) throws in
        count = try unsafe body(UnsafeMutableRawBufferPointer(room))
      }
    }
  }
}
