package import SegmentCodecs

/// A journal as the catalog knows it.
package struct JournalFacts: Sendable, Hashable {
  package var id: Identifier
  package var ordinal: UInt64
  package var epoch: UInt64
  package var created: Double
  /// Where its groups end; nil while it is written.
  package var sealedEnd: UInt64?
  /// True where recovery found damage in it.
  package var isDamaged = false
}

/// A dictionary as the catalog knows it.
package struct DictionaryFacts: Sendable, Hashable {
  package var id: Identifier
  package var sha256: [UInt8]
  package var project: String
  package var version: UInt64
  package var contentBytes: UInt64
  package var fileBytes: UInt64
  package var created: Double
}

/// The last training of a project's dictionary, adopted or not: when the next one is worth its while depends on it.
package struct TrainingRecord: Sendable, Hashable {
  package var project: String
  /// When, milliseconds since 1970.
  package var time: Double
  /// NDJSON the project had then, bytes, as far as it was looked at.
  package var rawBytes: UInt64
  /// How well the recent tier's blocks of the held-out sessions compressed with what was in force afterwards: raw bytes
  /// by stored bytes; 0 where that was not measured.
  package var recentRatio: Double
}

/// A change of a session's tags. A nil value removes the key.
package struct TagChange: Sendable, Hashable {
  package var key: String
  package var value: String?
}

/// A change to a session that was committed to the catalog and is not yet in the journal.
package struct SessionEdit: Sendable, Hashable {
  package enum Change: Sendable, Hashable {
    case setTags([TagChange])
    case finish
  }
  /// The commit that brought it.
  package var commit: UInt64
  package var session: SessionKey
  package var time: Double
  package var change: Change
}

package struct Pin: Sendable, Hashable {
  package var session: SessionKey
  /// Milliseconds since 1970; 0: for ever.
  package var until: Double
}

package struct PolicyDocument: Sendable, Hashable {
  package var version: UInt64
  package var json: [UInt8]
}

package struct Tombstone: Sendable, Hashable {
  package enum Target: UInt8, Sendable, Hashable {
    case session = 1
    case visitor, tag, project
  }
  /// Keyed hash of what was erased (`ErasureHash`).
  package var hash: Hash128
  package var target: Target
  package var time: Double
  /// The commit that brought it.
  package var commit: UInt64
  /// Days since 1970 UTC: batches that come for it up to this day are refused as erased.
  package var untilDay: UInt32
}
