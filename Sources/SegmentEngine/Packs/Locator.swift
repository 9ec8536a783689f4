/// Where a session's directory entry is (FORMAT.md "Locator"); 24 bytes on the disk and in memory.
package struct Locator: Sendable, Equatable {
  package static let size = 24

  package var hash: UInt64
  package var offset: UInt32
  package var length: UInt32
  /// Seconds since 1970.
  package var start: UInt32
  package var end: UInt32

  func encode(into writer: inout ByteWriter) {
    writer.u64(hash)
    writer.u32(offset)
    writer.u32(length)
    writer.u32(start)
    writer.u32(end)
  }

  /// Seconds since 1970 of a time in milliseconds, within what a locator can say.
  static func seconds(_ milliseconds: Double) -> UInt32 {
    UInt32(min(max(0, (milliseconds / 1_000).rounded(.down)), Double(UInt32.max)))
  }
}

extension Locator {
  /// The locator of a segment whose entry stands there.
  init(of entry: SegmentEntry, offset: UInt32, length: UInt32) {
    self.init(
      hash: KeyHash.of(entry.session), offset: offset, length: length,
      start: Self.seconds(entry.facts.start ?? entry.facts.firstReceived),
      end: Self.seconds(entry.facts.end ?? entry.facts.lastReceived))
  }
}
