/// Everything `bench` found.
struct BenchReport: Sendable {
  var split: BenchSplit
  /// Sessions found, those that neither train nor are measured included.
  var sessions: Int
  /// Their content, in bytes.
  var rawBytes: UInt64
  var rows: [BenchRow]
  /// What the reader should know: rows that are missing, and why.
  var notes: [String]
  var rounds: Int
  var sessionsPerDay: Int
  var days: Int
  var sessionsPerDictionary: Int
  var machine: MachineFacts
  /// Milliseconds since 1970.
  var measured: Double

  /// gzip -6, which others are compared with.
  var gzip: BenchRow? { rows.first { $0.method == "gzip6" } }

  /// A row's bytes as a part of gzip's.
  func partOfGzip(_ row: BenchRow) -> Double {
    Double(row.storedBytes) / Double(max(gzip?.storedBytes ?? 0, 1))
  }

  /// Bytes of an average measured session, with its part of the dictionary.
  func sessionBytes(_ row: BenchRow) -> Double {
    Double(row.storedBytes) / Double(max(split.measured.count, 1))
  }

  /// Bytes once `days` days of `sessionsPerDay` sessions are kept.
  func projectedBytes(_ row: BenchRow) -> Double {
    sessionBytes(row) * Double(sessionsPerDay) * Double(days)
  }
}
