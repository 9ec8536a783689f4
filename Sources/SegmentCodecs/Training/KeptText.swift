#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The text chosen so far: run after run, each followed by a zero byte.
///
/// No JSON text has a zero byte, so no piece of text that reaches from one run into the next could have come from a
/// session: the ends of two runs side by side spell out nothing that is not in one of them.
struct KeptText {
  static let separator: UInt8 = 0

  private(set) var bytes: [UInt8] = []

  /// Appends a part of `text`.
  mutating func append(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
    unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[range]))
  }

  mutating func separate(_ count: Int) { bytes.append(contentsOf: repeatElement(Self.separator, count: count)) }

  /// Takes back everything from `length` on.
  mutating func truncate(to length: Int) { bytes.removeSubrange(length...) }

  /// Compares kept text at `offset` with a part of `text`, byte for byte.
  func holds(_ text: UnsafeRawBufferPointer, _ range: Range<Int>, at offset: Int) -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= text.count)
    guard offset >= 0, offset + range.count <= bytes.count, let base = text.baseAddress else { return false }
    return unsafe bytes.withUnsafeBytes { kept in
      guard let start = kept.baseAddress else { return false }
      return unsafe memcmp(start + offset, base + range.lowerBound, range.count) == 0
    }
  }
}

/// A passage of the kept text, and how many sessions and visitors had exactly its bytes.
struct KeptPassage {
  /// Where it lies in the kept text.
  var offset: UInt32
  var length: UInt16
  var knownVisitors: UInt16 = 0
  var visitors: UInt32 = 0
  var sessions: UInt32 = 0
  /// The last session that had it.
  var last: UInt32 = 0
  /// Its place in the table.
  var place: UInt32

  init(offset: Int, length: Int, place: UInt32) {
    self.offset = UInt32(offset)
    self.length = UInt16(length)
    self.place = place
  }

  mutating func see(_ order: borrowing VisitorOrder) {
    guard last != order.session else { return }
    if last < order.first {
      visitors += 1
      if order.isKnown, knownVisitors < .max { knownVisitors += 1 }
    }
    sessions += 1
    last = order.session
  }

  func isPublic(_ rule: PublicRule) -> Bool {
    rule.isMet(sessions: Int(sessions), visitors: Int(visitors), knownVisitors: Int(knownVisitors))
  }
}

/// A run of kept text: all passages that start in it, in order.
struct KeptRun {
  /// A passage and where it starts in the kept text; the passage itself may lie elsewhere too.
  struct Part {
    var offset: UInt32
    var passage: UInt32
  }

  var parts: Range<Int>
  /// Follows the run before it, and belongs behind it.
  var isChained: Bool
  /// Sessions that had its passages, on average.
  var spread: Double
  /// The session it was found in, from 1: the newest that has it.
  var newest: UInt32
}
