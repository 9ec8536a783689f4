import CPeerShims
import Peers

/// Moves recordings in time. They were made within an hour; in the work they are received on different days, and
/// their events carry times of these days, as a server's do. Nothing else of them changes, not even their length.
enum Dating {
  private static let name = Array(#""timestamp":"#.utf8)
  /// A time in milliseconds has as many digits from 2001 to 2286.
  private static let digits = 13

  /// The flushes with the times of their events, which begin in the morning of that day.
  static func moved(_ flushes: [Recording.Flush], to day: Int) -> [Recording.Flush] {
    let events = flushes.map { Lines.events(of: $0.bytes) }
    guard let begins = events.joined().compactMap(\.time).min() else { return [] }
    let shift = Calendar.start(of: day) + Recording.morning - begins
    return zip(flushes, events).map { flush, events in
      var flush = flush
      move(&flush.bytes, by: shift)
      let times = events.compactMap(\.time)
      flush.events = events.count
      flush.first = (times.min() ?? begins) + shift
      flush.last = (times.max() ?? begins) + shift
      flush.keyframe = events.filter(\.isKeyframe).compactMap(\.time).max().map { $0 + shift }
      return flush
    }
  }

  /// A recording that was made for one day, on another one.
  static func moved(_ recording: Recording, by days: Int) -> Recording {
    let shift = Int64(days) * Calendar.day
    var recording = recording
    recording.flushes = recording.flushes.map { flush in
      var flush = flush
      move(&flush.bytes, by: shift)
      flush.first += shift
      flush.last += shift
      flush.keyframe = flush.keyframe.map { $0 + shift }
      return flush
    }
    return recording
  }

  /// Adds to each time of 13 digits.
  private static func move(_ bytes: inout [UInt8], by shift: Int64) {
    unsafe bytes.withUnsafeMutableBytes { all in
      guard let base = all.baseAddress else { return }
      var at = 0
      while at < all.count, let found = unsafe peer_find(base + at, all.count - at, name, name.count) {
        let start = unsafe found - UnsafeRawPointer(base) + name.count
        at = start
        guard start + digits <= all.count else { return }
        var value: Int64 = 0
        var length = 0
        while start + length < all.count, case let digit = unsafe all[start + length], digit >= 0x30, digit <= 0x39 {
          value = value &* 10 &+ Int64(digit - 0x30)
          length += 1
        }
        if length != digits { continue }
        value += shift
        for place in stride(from: start + digits - 1, through: start, by: -1) {
          unsafe all[place] = UInt8(0x30 + value % 10)
          value /= 10
        }
      }
    }
  }
}
