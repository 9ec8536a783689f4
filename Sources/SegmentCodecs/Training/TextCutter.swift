import CSegmentShims

/// Cuts text into portions and passages, by what is written alone. Holds the memory they are found in, about 200 KB.
///
/// `passages` reads only what the last call wrote; the memory is as large as the C side states.
@safe final class TextCutter {
  private let scratch: UnsafeMutablePointer<segment_training_scratch>
  private var key: segment_training_key

  init(key: HashKey) {
    func odd(_ number: UInt64) -> UInt64 { SipHash.hash64([UInt8(number)], key: key) | 1 }
    self.key = segment_training_key(
      words: (odd(0), odd(1), odd(2), odd(3), odd(4), odd(5), odd(6), odd(7)))
    let most = Int(SEGMENT_TRAINING_MOST_MARKS)
    unsafe scratch = .allocate(capacity: 1)
    unsafe scratch.initialize(
      to: segment_training_scratch(
        starts: .allocate(capacity: most), ends: .allocate(capacity: most), spare: .allocate(capacity: most),
        passages: .allocate(capacity: most), startCount: 0, endCount: 0, passageCount: 0, length: 0, scanned: 0))
  }

  deinit {
    unsafe scratch.pointee.starts.deallocate()
    unsafe scratch.pointee.ends.deallocate()
    unsafe scratch.pointee.spare.deallocate()
    unsafe scratch.pointee.passages.deallocate()
    unsafe scratch.deallocate()
  }

  /// Finds the portion at `offset`, below the text's length, and returns its length and a hash of all that its
  /// passages can reach.
  func portion(of text: UnsafeRawBufferPointer, at offset: Int) -> (length: Int, hash: UInt64) {
    precondition((0..<text.count).contains(offset))
    guard let base = text.baseAddress else { return (0, 0) }
    let start = unsafe (base + offset).assumingMemoryBound(to: UInt8.self)
    unsafe segment_training_portion(start, text.count - offset, scratch)
    let hash = unsafe segment_training_hash(start, Int(scratch.pointee.scanned), &key)
    return unsafe (Int(scratch.pointee.length), hash)
  }

  /// Finds the passages of the portion found last, given the same text and offset.
  func findPassages(in text: UnsafeRawBufferPointer, at offset: Int) {
    precondition((0..<text.count).contains(offset))
    guard let base = text.baseAddress else { return }
    let start = unsafe (base + offset).assumingMemoryBound(to: UInt8.self)
    unsafe segment_training_passages(start, text.count - offset, &key, scratch)
  }

  /// The passages found last, their offsets counted from the portion's start.
  @unsafe var passages: UnsafeBufferPointer<segment_training_passage> {
    unsafe UnsafeBufferPointer(start: scratch.pointee.passages, count: Int(scratch.pointee.passageCount))
  }
}
