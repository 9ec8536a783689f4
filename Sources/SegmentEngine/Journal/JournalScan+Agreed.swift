package import SegmentFiles

extension JournalScan {
  /// A scan with its records. One that finds damage, or a tail that is no whole group, is believed when a second one, from
  /// the disk itself, finds the same: on its word journals are sealed, and what is behind their end is given up. Throws
  /// `EIO`, naming `path`, where four scans differ.
  package static func agreed(
    _ file: any StorageFile, id: Identifier, path: String, from start: UInt64 = UInt64(JournalHeader.size),
    trust: JournalTrust
  ) throws(FileError) -> (scan: JournalScan, records: [FoundRecord]) {
    var (scan, records) = try collected(file, id, start, trust)
    if scan.isWell { return (scan, records) }
    for _ in 0..<3 {
      file.forgetCached()
      let (again, found) = try collected(file, id, start, trust)
      if again.isWell || again.finds(sameAs: scan) { return (again, found) }
      (scan, records) = (again, found)
    }
    throw FileError(.read, path: path, errno: FileError.inputOutput)
  }

  private static func collected(
    _ file: any StorageFile, _ id: Identifier, _ start: UInt64, _ trust: JournalTrust
  ) throws(FileError) -> (scan: JournalScan, records: [FoundRecord]) {
    var scan = try JournalScan(file, id: id)
    var records: [FoundRecord] = []
    try scan.run(from: start, trust: trust) { records.append($0) }
    return (scan, records)
  }

  private var isWell: Bool { damages.isEmpty && tornBytes == 0 }

  private func finds(sameAs other: JournalScan) -> Bool {
    end == other.end && damages == other.damages && tornBytes == other.tornBytes && groups == other.groups
      && records == other.records
  }
}
