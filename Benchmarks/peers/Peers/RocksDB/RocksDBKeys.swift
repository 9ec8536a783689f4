/// Keys in the order day, session, batch, and what is kept of batches and sessions beside them.
enum RocksDBKeys {
  /// Before every key of the day, after every key of the day before.
  static func day(_ day: Int) throws -> [UInt8] { bigEndian(try SessionRef.checked(day: day)) }

  /// Before every key of the day after.
  static func end(ofDay day: Int) throws -> [UInt8] { bigEndian(try SessionRef.checked(day: day) + 1) }

  /// The session's key, before the keys of its batches.
  static func session(_ session: SessionRef) throws -> [UInt8] {
    try RocksDBKeys.day(session.day) + Array(session.checkedID().utf8) + [0]
  }

  /// After the keys of the session's batches: an id holds no byte 0.
  static func end(of session: SessionRef) throws -> [UInt8] {
    try RocksDBKeys.day(session.day) + Array(session.checkedID().utf8) + [1]
  }

  static func batch(_ number: Int, of session: SessionRef) throws -> [UInt8] {
    guard let number = UInt32(exactly: number) else {
      throw PeerError("batch number \(number) is not between 0 and 2^32 - 1")
    }
    return try RocksDBKeys.session(session) + bigEndian(number)
  }

  /// The id in a session's key.
  static func id(inSession key: [UInt8]) throws -> String {
    guard key.count > 5, key.last == 0 else { throw PeerError("RocksDB has a session under a key that is none") }
    return String(decoding: key[4..<key.count - 1], as: UTF8.self)
  }

  /// The number in a batch's key.
  static func number(inBatch key: [UInt8]) throws -> Int {
    guard key.count > 9 else { throw PeerError("RocksDB has a batch under a key that is none") }
    return key.suffix(4).reduce(0) { $0 << 8 | Int($1) }
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [
      UInt8(truncatingIfNeeded: value >> 24), UInt8(truncatingIfNeeded: value >> 16),
      UInt8(truncatingIfNeeded: value >> 8),
      UInt8(truncatingIfNeeded: value),
    ]
  }
}

/// A few integers as bytes, little-endian.
struct RocksDBRecord {
  var values: [Int64]

  init(_ values: [Int64]) { self.values = values }

  /// nil where there are not exactly `count` of them.
  init?(_ bytes: [UInt8], count: Int) {
    guard bytes.count == count * 8 else { return nil }
    values = (0..<count).map { place in
      Int64(bitPattern: bytes[place * 8..<place * 8 + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
  }

  var bytes: [UInt8] {
    values.flatMap { value in
      (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: value) >> ($0 * 8)) }
    }
  }
}

/// What is kept of a session for listing: first, last, events, raw bytes. Every batch adds to it without reading it:
/// the library merges what was written.
struct RocksDBSummary {
  var first: Int64
  var last: Int64
  var events: Int64
  var raw: Int64

  init(_ batch: Batch) {
    first = batch.first
    last = batch.last
    events = Int64(batch.events)
    raw = Int64(batch.bytes.count)
  }

  init?(_ bytes: [UInt8]) {
    guard let record = RocksDBRecord(bytes, count: 4) else { return nil }
    (first, last, events, raw) = (record.values[0], record.values[1], record.values[2], record.values[3])
  }

  var bytes: [UInt8] { RocksDBRecord([first, last, events, raw]).bytes }

  mutating func merge(_ other: RocksDBSummary) {
    first = min(first, other.first)
    last = max(last, other.last)
    events &+= other.events
    raw &+= other.raw
  }
}

/// What is kept of a batch for playing.
extension BatchTimes {
  /// `number` is in the key.
  init?(number: Int, record bytes: [UInt8]) {
    guard let record = RocksDBRecord(bytes, count: 3) else { return nil }
    let keyframe = record.values[2]
    self.init(
      number: number, first: record.values[0], last: record.values[1], keyframe: keyframe == .min ? nil : keyframe)
  }

  static func record(_ batch: Batch) -> [UInt8] {
    RocksDBRecord([batch.first, batch.last, batch.keyframe ?? .min]).bytes
  }
}
