/// Bytes at an address that stays the same, for tables that refer into them.
///
/// Unchecked: the memory is written in the initializers only.
@safe final class DictionaryContent: @unchecked Sendable {
  private let memory: ContentMemory
  let byteCount: Int

  /// Copies `bytes`. Throws `.outOfMemory`.
  init(_ bytes: RawSpan) throws(CodecError) {
    memory = try ContentMemory(bytes.byteCount)
    byteCount = bytes.byteCount
    let target = unsafe UnsafeMutableRawBufferPointer(start: memory.address, count: byteCount)
    unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
  }

  /// Decompresses a frame that holds `rawLength` bytes; throws as `ZstdDecompressor.decompress` does.
  init(decompressing frame: RawSpan, rawLength: Int, _ contexts: ContextPool) throws(CodecError) {
    try ZstdDecompressor.check(frame, rawLength: rawLength, dictionary: nil)
    memory = try ContentMemory(rawLength)
    byteCount = rawLength
    let target = unsafe UnsafeMutableRawBufferPointer(start: memory.address, count: memory.capacity)
    _ = try contexts.withDecompressor { (decompressor) throws(CodecError) in
      unsafe try decompressor.decompress(frame, rawLength: rawLength, nil, into: target)
    }
  }

  /// Bytes of memory.
  var footprint: Int { memory.capacity }

  /// Tables made from this pointer must keep a reference to this object.
  @unsafe var address: UnsafeRawPointer { unsafe UnsafeRawPointer(memory.address) }

  func withBytes<Result, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result {
    try unsafe body(UnsafeRawBufferPointer(start: address, count: byteCount).bytes)
  }
}
