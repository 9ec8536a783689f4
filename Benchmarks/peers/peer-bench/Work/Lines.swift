import Foundation
import Peers

/// NDJSON, line by line.
enum Lines {
  /// An event as far as the work needs to know it.
  struct Event {
    /// The line with its newline, as a part of the batch.
    var range: Range<Int>
    /// Milliseconds since 1970; nil where it names no time.
    var time: Int64?
    var isKeyframe: Bool
  }

  /// The lines that hold something, without their newlines.
  static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    ranges(of: bytes).map { range in
      bytes[range.upperBound - 1] == 0x0A ? bytes[range.lowerBound..<range.upperBound - 1] : bytes[range]
    }.filter { !$0.isEmpty }
  }

  /// Where the lines are, newlines included.
  static func ranges(of bytes: [UInt8]) -> [Range<Int>] {
    unsafe bytes.withUnsafeBytes { all in
      guard let base = all.baseAddress else { return [] }
      var ranges: [Range<Int>] = []
      var start = 0
      while start < all.count {
        let found = unsafe memchr(base + start, 0x0A, all.count - start)
        let end = unsafe found.map { unsafe UnsafeRawPointer($0) - base + 1 } ?? all.count
        ranges.append(start..<end)
        start = end
      }
      return ranges
    }
  }

  private static let keyframe = Array(#"{"type":2,"#.utf8)

  static func events(of bytes: [UInt8]) -> [Event] {
    let ranges = ranges(of: bytes)
    return unsafe bytes.withUnsafeBytes { all in
      ranges.map { range in
        let line = unsafe UnsafeRawBufferPointer(rebasing: all[range])
        return unsafe Event(
          range: range, time: EventTime.last(in: line),
          isKeyframe: line.count > keyframe.count && zip(line, keyframe).allSatisfy { $0 == $1 })
      }
    }
  }
}
