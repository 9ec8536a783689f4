package import SegmentCodecs

/// A list of sessions that are gone, as the catalog knows it (FORMAT.md "Gone lists").
package struct GoneFacts: Sendable, Hashable {
  package var id: Identifier
  package var entries: UInt64
  /// Days since 1970 UTC: the last day on which something of it is still remembered.
  package var lastDay: UInt32
}

/// What was decided of the sessions of a day by one rule: outlives the sessions.
package struct RuleTotal: Sendable, Hashable {
  /// One of these a rule and a day.
  package struct Key: Sendable, Hashable, Comparable {
    /// Days since 1970 UTC, of the sessions' last receipt when they were decided on.
    package var day: UInt32
    package var rule: String

    package static func < (a: Key, b: Key) -> Bool {
      a.day == b.day ? NameBytes.precedes(a.rule, b.rule) : a.day < b.day
    }
  }

  /// Sessions that were decided on, and what they held.
  package var sessions: UInt64 = 0
  package var events: UInt64 = 0
  package var clicks: UInt64 = 0
  package var errors: UInt64 = 0
  package var rawBytes: UInt64 = 0
  /// How many of them were kept, and how many of those a budget let go early.
  package var kept: UInt64 = 0
  package var evicted: UInt64 = 0

  package init() {}

  /// A session that was decided on; one whose later part follows its first counts no second time.
  init(_ facts: SegmentFacts, isKept: Bool, isFirst: Bool) {
    sessions = isFirst ? 1 : 0
    kept = isFirst && isKept ? 1 : 0
    events = facts.events
    clicks = facts.clicks
    errors = facts.errors
    rawBytes = facts.rawBytes
  }

  mutating func add(_ other: RuleTotal) {
    sessions &+= other.sessions
    events &+= other.events
    clicks &+= other.clicks
    errors &+= other.errors
    rawBytes &+= other.rawBytes
    kept &+= other.kept
    evicted &+= other.evicted
  }

  private var values: [UInt64] { [sessions, events, clicks, errors, rawBytes, kept, evicted] }

  func encode(into writer: inout ByteWriter) { for value in values { writer.varint(value) } }

  static func decode(_ reader: inout ByteReader) throws(FormatError) -> RuleTotal {
    var total = RuleTotal()
    total.sessions = try reader.varint()
    total.events = try reader.varint()
    total.clicks = try reader.varint()
    total.errors = try reader.varint()
    total.rawBytes = try reader.varint()
    total.kept = try reader.varint()
    total.evicted = try reader.varint()
    return total
  }
}

/// A snapshot that was made of the store: where it was put, so that what it holds can be told, and reached by erasure.
package struct SnapshotFacts: Sendable, Hashable {
  package var id: Identifier
  package var time: Double
  package var path: String
}

/// What was asked to be erased and what was done, kept for those who must prove it (FORMAT.md "receipt").
package struct ErasureFacts: Sendable, Hashable {
  package var id: Identifier
  package var time: Double
  package var target: Tombstone.Target
  /// Keyed hash of the target's name: who knows the name can find the receipt, nobody can find the name.
  package var hash: Hash128
  package var sessions: UInt64
  package var segments: UInt64
  package var records: UInt64
  /// Bytes overwritten with zeros.
  package var bytes: UInt64
  package var packs: UInt64
  package var journals: UInt64
  /// False until all of it was done.
  package var isDone: Bool

  func encode(into writer: inout ByteWriter) {
    writer.identifier(id)
    writer.time(time)
    writer.u8(target.rawValue)
    writer.hash(hash)
    for value in [sessions, segments, records, bytes, packs, journals] { writer.varint(value) }
    writer.u8(isDone ? 1 : 0)
  }

  static func decode(_ reader: inout ByteReader) throws(FormatError) -> ErasureFacts {
    let id = try reader.identifier()
    let time = try reader.time()
    let at = reader.position
    guard let target = Tombstone.Target(rawValue: try reader.u8()) else {
      throw FormatError(.invalid("target"), at: at)
    }
    return ErasureFacts(
      id: id, time: time, target: target, hash: try reader.hash(), sessions: try reader.amount("sessions"),
      segments: try reader.amount("segments"), records: try reader.amount("records"),
      bytes: try reader.amount("bytes"), packs: try reader.amount("packs"), journals: try reader.amount("journals"),
      isDone: try reader.u8() != 0)
  }
}
