extension OutputSpan where Element == UInt8 {
  /// What to reserve for `count` bytes: never 0. An empty array's storage is shared by the whole program, and
  /// initializing none of its elements still stores its count, which is a data race; C functions, besides, take a
  /// null pointer for an error.
  static func capacity(for count: Int) -> Int { max(count, 1) }

  /// Lets a C function write into the whole free capacity. `body` returns how many bytes it wrote, counted from
  /// the first, at most the capacity; when it throws, nothing counts as written. The span must be empty.
  @unsafe
  mutating func fill(
    _ body: (UnsafeMutableRawBufferPointer) throws(CodecError) -> Int
  ) throws(CodecError) {
    precondition(isEmpty)
    try unsafe withUnsafeMutableBufferPointer { (buffer, initializedCount) throws(CodecError) in
      let written = try unsafe body(UnsafeMutableRawBufferPointer(buffer))
      precondition((0...buffer.count).contains(written))
      initializedCount = written
    }
  }
}
