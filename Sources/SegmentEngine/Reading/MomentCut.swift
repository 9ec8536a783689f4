internal import CSegmentShims
internal import SegmentScanner

/// Finds how much of a sorted unit shows a moment: all up to the first event past it. Looks at the unit's content as more
/// and more of it is decompressed.
struct MomentCut {
  /// Where the unit's keyframe stands, and how many lines before it belong to it; nil where all of the unit is played.
  private let keyframe: (offset: Int, lines: Int)?
  private let moment: Double
  /// Where the first event that is played stands; nil as long as that is not decompressed.
  private(set) var start: Int?
  /// Behind the last event that was looked at.
  private(set) var end = 0
  /// Events between.
  private(set) var events = 0
  /// The last of them is past the moment.
  private(set) var isPast = false
  /// No line ends between `end` and this.
  private var searched = 0

  init(_ moment: Double, keyframe: (offset: Int, lines: Int)?) {
    self.moment = moment
    self.keyframe = keyframe
    if keyframe == nil { start = 0 }
  }

  /// Looks at what is new in the content, which is given from the unit's start on. Returns true where no more is needed.
  mutating func isEnough(_ content: RawSpan) -> Bool {
    unsafe content.withUnsafeBytes { bytes in
      if start == nil {
        guard let keyframe, bytes.count > keyframe.offset else { return }
        let first = unsafe Self.lineStart(bytes, before: keyframe.offset, lines: keyframe.lines)
        (start, end, searched) = (first, first, first)
      }
      while !isPast, searched < bytes.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[searched...])
        let length = unsafe segment_line_length(rest.baseAddress?.assumingMemoryBound(to: UInt8.self), rest.count)
        guard length < rest.count else {
          searched = bytes.count
          return
        }
        let line = end..<searched + length
        let time = unsafe EventProbe.probe(UnsafeRawBufferPointer(rebasing: bytes[line]).bytes)?.timestamp ?? .nan
        // What is shown first is the keyframe, whenever that is.
        isPast = time > moment && line.lowerBound >= keyframe?.offset ?? 0
        end = line.upperBound + 1
        searched = end
        events += 1
      }
    }
    return isPast
  }

  /// The start of the line that stands `lines` lines before the one at `offset`.
  private static func lineStart(_ bytes: UnsafeRawBufferPointer, before offset: Int, lines: Int) -> Int {
    var at = offset
    for _ in 0..<lines where at > 0 {
      at -= 1
      while at > 0, unsafe bytes[at - 1] != 0x0A { at -= 1 }
    }
    return at
  }
}
