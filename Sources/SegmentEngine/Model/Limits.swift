/// The limits of format version 1 on names and sizes.
package enum FormatLimits {
  package static let project = 128
  package static let session = 256
  package static let visitor = 256
  package static let window = 128
  package static let batchID = 128
  package static let tagKey = 64
  package static let tagValue = 1_024
  package static let tags = 64
  package static let page = 2_048
  package static let pagesPerSegment = 64
  package static let className = 63
  package static let ruleName = 63
  package static let snapshotPath = 4_096
  package static let eventBytes = 64 << 20
  package static let batchBytes = 128 << 20
  package static let blockBytes = 128 << 20
  package static let windowsPerSegment = 65_536
  /// Timestamps further than this from their batch's median are implausible, milliseconds.
  package static let plausibleSpan = 604_800_000.0
}

/// Checks the names a caller gives.
enum Names {
  static func check(_ key: SessionKey) throws(StoreError) {
    try check(project: key.project)
    try check(key.id, "session ID", 1...FormatLimits.session)
  }

  static func check(project: String) throws(StoreError) {
    try check(project, "project", 1...FormatLimits.project)
  }

  static func check(_ name: String, _ what: String, _ length: ClosedRange<Int>) throws(StoreError) {
    let bytes = name.utf8
    guard length.contains(bytes.count) else {
      let problem = bytes.isEmpty ? "is empty" : "has \(bytes.count) bytes"
      throw StoreError(
        .invalidArgument, "the \(what) \(problem); it must have \(length.lowerBound) to \(length.upperBound) bytes")
    }
    guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw StoreError(.invalidArgument, "the \(what) holds a control character, which no name may")
    }
  }

  static func checkTags(_ tags: [String: String?]) throws(StoreError) {
    guard tags.count <= FormatLimits.tags else {
      throw StoreError(.invalidArgument, "\(tags.count) tags in one call; at most \(FormatLimits.tags) are allowed")
    }
    for (key, value) in tags {
      try check(key, "tag key", 1...FormatLimits.tagKey)
      if let value { try check(value, "value of tag \(key)", 0...FormatLimits.tagValue) }
    }
  }
}
