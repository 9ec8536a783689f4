extension Policy {
  /// A policy from its JSON document.
  ///
  /// ```
  /// {
  ///   "version": 1,                        required
  ///   "recentHours": 24,                   0 to 876,000
  ///   "salt": "x",                         1 to 256 bytes
  ///   "rules": [                           at most 100; the first whose conditions hold decides
  ///     {
  ///       "name": "errors",                required; 1 to 63 bytes, not "default" or "(pinned)", each once
  ///       "when": {                        required; all that is given must hold, {} is for all sessions
  ///         "errors": {"atLeast": 1},      one or both of "atLeast" and "below" (which is not included)
  ///         "durationSeconds": {"below": 5},
  ///         "activeSeconds": {"below": 5},
  ///         "events": {"below": 10},
  ///         "rawBytes": {"atLeast": 1000},
  ///         "url": "https://x/*",          a glob, or an array of some: one must match one page
  ///         "tags": {"plan": "pro", "ticket": null},   null: whatever its value
  ///         "tagged": true,                whether it has any tag
  ///         "project": "shop",             a project, or an array of some
  ///         "state": "finished"            or "abandoned"
  ///       },
  ///       "keep": 1,                       required; the share of these sessions that stays, 0 to 1
  ///       "retentionDays": 90              1 to 36,500, or "forever"; 30 where it is not given
  ///     }
  ///   ],
  ///   "default": {                         decides on the rest; everything 30 days where it is not given
  ///     "keep": 0.1, "retentionDays": 30
  ///   },
  ///   "budgetBytes": 50000000000,          or "50 GB" (thousands), "20 GiB" (1,024), up to PB and PiB
  ///   "projectBudgets": {"shop": "5 GB"},
  ///   "freeBytes": "1 GiB"
  /// }
  /// ```
  ///
  /// At most 256 KiB, and 16 arrays and objects within each other. Fields that are not named here, fields that are given
  /// twice, and null anywhere but for a tag are refused.
  ///
  /// Throws `.invalidPolicy`. Where the bytes are not JSON the message has byte, line and column; else the path of the
  /// first field in order of the document that is not as it should be, what was given, and what is expected:
  /// `rules[2].keep: 1.4 was given, a number from 0 to 1 is expected`. A document for a newer engine is refused as such,
  /// whatever else is in it. The error's location has the byte in either case.
  public init(json: [UInt8]) throws(StoreError) {
    self = try PolicyReader.policy(json)
  }

  /// The policy's document in its one canonical form: pretty printed with two spaces, fields in the order of the schema.
  /// It reads back equal where all values are within their limits. Computed at each call.
  public var json: [UInt8] { Array(PolicyWriter.document(self).text.utf8) }
}
