internal import SegmentFiles

/// Overwrites what a destruction names. Doing it twice, or again after a crash in the middle, comes to the same.
///
/// For each pack: 1. segments are overwritten with zeros and directory entries with markers; 2. the file is synced; 3. whole
/// pages are given back to the file system. For each journal: records are overwritten by heads without names; synced.
/// Files that are gone are passed over.
struct DestructionRun {
  let core: StoreCore
  let control: MaintenanceControl
  /// Bytes that were overwritten.
  private(set) var bytes: UInt64 = 0

  init(_ core: StoreCore, _ control: MaintenanceControl = MaintenanceControl()) {
    self.core = core
    self.control = control
  }

  mutating func run(_ destruction: Destruction) throws(StoreError) {
    for part in destruction.packs { try destroy(part) }
    for part in destruction.journals { try destroy(part) }
  }

  private func open(_ path: String) throws(StoreError) -> (any StorageFile)? {
    do throws(FileError) { return try core.environment.files.open(path, .write) } catch {
      if error.errno == ErrorNumber.notFound { return nil }
      throw StoreError(error, in: core.layout)
    }
  }

  private mutating func destroy(_ part: Destruction.PackPart) throws(StoreError) {
    // One that is being made has a temporary name, and perhaps its own already.
    for path in [core.layout.pack(part.pack), core.layout.temporaryFile(part.pack)] {
      guard let file = try open(path) else { continue }
      let size = try inStore(core.layout) { () throws(FileError) in try file.facts() }.size
      for segment in part.segments {
        let segmentEnd = segment.erased.offset + segment.erased.length
        let entryEnd = segment.entryOffset + segment.entryLength
        guard segmentEnd <= size, entryEnd <= size,
          let marker = segment.erased.marker(
            pack: part.pack, at: segment.entryOffset, length: Int(segment.entryLength))
        else {
          throw .damaged(
            "a segment that is to be erased lies outside of its pack", file: core.layout.relative(path), offset: size)
        }
        try inStore(core.layout) { () throws(FileError) in
          try Zeros.overwrite(file, segment.erased.offset..<segmentEnd)
          try file.writeBytes(marker, at: segment.entryOffset)
        }
        bytes += segment.erased.length + segment.entryLength
        control.advance(segment.erased.length)
      }
      try inStore(core.layout) { () throws(FileError) in try file.syncData() }
      for range in Self.joined(part.segments) { Zeros.free(file, range) }
      return
    }
  }

  private mutating func destroy(_ part: Destruction.JournalPart) throws(StoreError) {
    let path = part.isKeptAside ? core.layout.damagedJournal(part.journal) : core.layout.journal(part.journal)
    guard let file = try open(path) else { return }
    for record in part.records {
      guard
        let erased = RecordHead.erased(
          journal: part.journal, offset: record.offset, size: Int(record.size), appliedCommit: record.appliedCommit)
      else { continue }
      try inStore(core.layout) { () throws(FileError) in try file.writeBytes(erased, at: record.offset) }
      bytes += record.size
    }
    try inStore(core.layout) { () throws(FileError) in try file.syncData() }
  }

  /// Neighbouring segments make one hole: the page between two of them belongs to neither alone.
  private static func joined(_ segments: [Destruction.Segment]) -> [Range<UInt64>] {
    var ranges: [Range<UInt64>] = []
    for segment in segments.sorted(by: { $0.erased.offset < $1.erased.offset }) {
      let end = segment.erased.offset + segment.erased.length
      if let last = ranges.last, last.upperBound == segment.erased.offset {
        ranges[ranges.count - 1] = last.lowerBound..<end
      } else {
        ranges.append(segment.erased.offset..<end)
      }
    }
    return ranges
  }
}

extension StoreCore {
  /// Does a destruction that the catalog names, and takes it out of there.
  func carryOut(_ destruction: Destruction, _ control: MaintenanceControl = MaintenanceControl()) throws(StoreError) -> UInt64 {
    var run = DestructionRun(self, control)
    try run.run(destruction)
    settle(
      try catalog.commit(.freeing) { state in
        state.destructions.contains { $0.id == destruction.id } ? [.destroyed(destruction.id)] : []
      })
    return run.bytes
  }

  /// Does all destructions that the catalog names: those whose process has died are among them. Doing one that another
  /// process is at does no harm.
  @discardableResult
  func carryOutDestructions(_ control: MaintenanceControl = MaintenanceControl()) throws(StoreError) -> Int {
    let left = catalog.state.destructions
    for destruction in left { _ = try carryOut(destruction, control) }
    return left.count
  }
}
