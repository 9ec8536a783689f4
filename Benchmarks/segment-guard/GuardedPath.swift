/// The paths whose cost is watched.
enum GuardedPath: String, CaseIterable {
  case checksum, scan, prepare, commit, flush, lookup, open, list, playback, export, verify
  case blockEncode = "block-encode"
  case blockEncodeDictionary = "block-encode-dictionary"
  case blockDecode = "block-decode"
  case blockDecodeDictionary = "block-decode-dictionary"
  case playAll = "play-all"
  case verifyDeep = "verify-deep"
  case catalogCommit = "catalog-commit"

  /// What its cost is given for one of.
  var unit: String {
    switch self {
    case .checksum, .scan, .flush, .blockEncode, .blockEncodeDictionary, .blockDecode, .blockDecodeDictionary, .export,
      .verifyDeep:
      "KiB"
    case .prepare, .commit: "batch"
    case .lookup: "look-up"
    case .open: "opening"
    case .list, .verify: "session"
    case .playback: "moment"
    case .playAll: "event"
    case .catalogCommit: "commit"
    }
  }

  /// Repetitions of the shorter run; the longer makes twice as many.
  var repeats: Int {
    switch self {
    case .checksum, .prepare, .playback, .list, .lookup: 4
    case .scan, .commit, .open, .export, .playAll, .catalogCommit, .blockDecode, .blockDecodeDictionary: 2
    case .flush, .verify, .verifyDeep, .blockEncode, .blockEncodeDictionary: 1
    }
  }

  /// Sets up for at most so many repetitions. What is returned makes one and tells of how many units it was.
  func prepare(_ ground: Ground, most: Int) throws -> (_ turn: Int) throws -> Int {
    switch self {
    case .checksum: ground.checksum()
    case .scan: ground.scan()
    case .prepare: ground.preparing()
    case .commit: try ground.committing()
    case .flush: try ground.flushing(most)
    case .blockEncode: try ground.encoding(level: 3, dictionary: nil)
    case .blockEncodeDictionary: try ground.encoding(level: 10, dictionary: ground.dictionary())
    case .blockDecode: try ground.decoding(dictionary: nil)
    case .blockDecodeDictionary: try ground.decoding(dictionary: ground.dictionary())
    case .lookup: try ground.lookingUp()
    case .open: ground.opening()
    case .list: try ground.listing()
    case .playback: try ground.playingMoments()
    case .playAll: try ground.playingAll()
    case .export: try ground.exporting()
    case .verify: try ground.verifying(isDeep: false)
    case .verifyDeep: try ground.verifying(isDeep: true)
    case .catalogCommit: try ground.committingToCatalog()
    }
  }
}

/// Keeps a result from being optimised away.
@inline(never)
func consume<T>(_ value: T) {}
