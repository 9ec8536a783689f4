internal import CSegmentEngine
internal import SegmentEngine

/// A configuration from what a C caller sets; zero stands for the default.
enum OpenOptions {
  static func configuration(_ pointer: UnsafePointer<segment_open_options>?) throws(StoreError) -> Configuration {
    var configuration = Configuration()
    guard let pointer = unsafe pointer else { return configuration }
    let options = unsafe try CallerStruct.read(pointer, over: segment_open_options(), "options")

    let known = UInt32(SEGMENT_NO_MAINTENANCE | SEGMENT_NO_TRAINING)
    try Flags.check(options.flags, known: known, "options")
    configuration.maintainsItself = options.flags & UInt32(SEGMENT_NO_MAINTENANCE) == 0
    configuration.trainsDictionaries = options.flags & UInt32(SEGMENT_NO_TRAINING) == 0

    try set(&configuration.readerThreads, UInt64(options.reader_threads), 1...64, "reader_threads")
    try set(&configuration.journalBytes, options.journal_bytes, 65_536...1 << 30, "journal_bytes")
    try set(&configuration.limits.eventBytes, options.event_bytes, 1...64 << 20, "event_bytes")
    try set(&configuration.limits.batchBytes, options.batch_bytes, 1...128 << 20, "batch_bytes")
    try set(&configuration.limits.bytesInFlight, options.bytes_in_flight, 1 << 20...64 << 30, "bytes_in_flight")
    try set(
      &configuration.maintenanceBytesPerSecond, options.maintenance_bytes_per_second, 1...1 << 40,
      "maintenance_bytes_per_second")

    try set(&configuration.journalSeconds, options.journal_seconds, to: 86_400, "journal_seconds")
    try set(&configuration.bufferedSyncInterval, options.buffered_sync_ms, to: 60_000, "buffered_sync_ms")
    try set(&configuration.recentHours, options.recent_hours, to: 876_000, "recent_hours")
    return configuration
  }

  private static func set(
    _ value: inout Int, _ given: UInt64, _ range: ClosedRange<Int>, _ name: String
  ) throws(StoreError) {
    if given == 0 { return }
    guard let given = Int(exactly: given), range.contains(given) else {
      throw StoreError(
        .invalidArgument, "\(name) is \(given); it must be \(range.lowerBound) to \(range.upperBound), or 0")
    }
    value = given
  }

  private static func set(
    _ value: inout Double, _ given: Double, to limit: Double, _ name: String
  ) throws(StoreError) {
    if given == 0 { return }
    guard given > 0, given <= limit else {
      throw StoreError(.invalidArgument, "\(name) is \(given); it must be above 0 and at most \(limit), or 0")
    }
    value = given
  }
}

/// Bits that say yes or no.
enum Flags {
  /// Throws `.invalidArgument` where a bit is set that this version does not know.
  static func check(_ flags: UInt32, known: UInt32, _ what: String) throws(StoreError) {
    guard flags & ~known == 0 else {
      throw StoreError(
        .invalidArgument, "the flags of \(what) are \(flags), of which this version knows \(flags & known) only")
    }
  }
}
