/// What one method made of the measured sessions.
struct BenchRow: Sendable, Equatable {
  /// Methods that are shown alike.
  enum Family: String, Sendable, CaseIterable {
    case raw
    case general
    case zstd
    case engine
  }

  /// Its name in JSON; does not change.
  var method: String
  /// Its name for people.
  var name: String
  /// How it was used, in a few words.
  var detail: String
  var family: Family
  /// What the sessions hold, in bytes.
  var rawBytes: UInt64 = 0
  /// What is left of it, in bytes, without any dictionary.
  var compressedBytes: UInt64 = 0
  /// What the dictionary takes where it is stored, in bytes; nil where there is none.
  var dictionaryBytes: UInt64?
  /// The dictionary's part that the measured sessions have to bear, in bytes.
  var dictionaryShareBytes: UInt64 = 0
  /// Time for all sessions on one thread, in nanoseconds; nil where there is nothing to do, or to measure.
  var compressionTime: UInt64?
  var decompressionTime: UInt64?

  /// Bytes that count: the sessions' own and their share of the dictionary.
  var storedBytes: UInt64 { compressedBytes + dictionaryShareBytes }
  var ratio: Double { Double(rawBytes) / Double(max(storedBytes, 1)) }
  var ratioWithoutDictionary: Double { Double(rawBytes) / Double(max(compressedBytes, 1)) }
  /// Megabytes (10^6 bytes) of raw content a second.
  var compressionSpeed: Double? { speed(compressionTime) }
  var decompressionSpeed: Double? { speed(decompressionTime) }

  private func speed(_ nanoseconds: UInt64?) -> Double? {
    nanoseconds.map { Double(rawBytes) * 1_000 / Double(max($0, 1)) }
  }

  /// Gives the row a dictionary of so many stored bytes, which serves `sessions` sessions, `measured` of them here.
  mutating func setDictionary(bytes: UInt64, sessions: Int, measured: Int) {
    dictionaryBytes = bytes
    dictionaryShareBytes = UInt64((Double(bytes) * Double(measured) / Double(max(sessions, 1))).rounded(.up))
  }

  /// Adds times of a session.
  mutating func add(raw: Int, compressed: Int, _ compression: UInt64, _ decompression: UInt64) {
    rawBytes += UInt64(raw)
    compressedBytes += UInt64(compressed)
    compressionTime = (compressionTime ?? 0) + compression
    decompressionTime = (decompressionTime ?? 0) + decompression
  }
}
