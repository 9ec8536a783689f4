internal import SegmentFiles

/// Overwriting parts of packs and journals in place, so that a crash at any moment leaves nothing half done for good:
///
/// 1. the erasure lock is taken, which one process at a time has: a patch holds what pages will be, so two must never
///    be made side by side; 2. what an earlier process left half done is done; 3. the patch is made, and a commit names
///    it; 4. it is written, synced, and space given back; 5. a commit says that it is done.
struct Destroyer {
  let core: StoreCore
  private let lock: any FileLock

  /// Takes the lock, waiting for it, and ends what was begun.
  ///
  /// In a snapshot the lock is that of the store it was made of, `lockLayout`: they share files.
  init(
    _ core: StoreCore, lockLayout: Layout? = nil, _ control: MaintenanceControl = MaintenanceControl()
  ) throws(StoreError) {
    self.core = core
    let taken = try inStore(core.layout) { () throws(FileError) in
      try core.environment.files.lock((lockLayout ?? core.layout).erasureLock, wait: true)
    }
    guard let taken else { throw StoreError(.locked, "the erasure lock was not given", isRetryable: true) }
    lock = taken
    try endBegun(control)
  }

  /// Gives the lock back.
  func release() { lock.release() }

  /// Does all that the catalog names. Returns how many.
  @discardableResult
  func endBegun(_ control: MaintenanceControl = MaintenanceControl()) throws(StoreError) -> Int {
    try core.refreshCatalog()
    let begun = core.catalog.state.destructions
    for destruction in begun { _ = try carryOut(destruction, control) }
    return begun.count
  }

  /// Does a destruction that the catalog names, and takes it out of there. Returns the bytes that were written.
  @discardableResult
  func carryOut(_ destruction: Destruction, _ control: MaintenanceControl = MaintenanceControl()) throws(StoreError)
    -> UInt64
  {
    var bytes: UInt64 = 0
    for part in destruction.packs {
      // One that is gone has nothing to destroy.
      guard let file = try open(core.layout.pack(part.pack)) else { continue }
      try inStore(core.layout) { () throws(FileError) in try part.patch.apply(to: file) }
      bytes += part.patch.bytes
      control.advance(part.patch.bytes)
    }
    for part in destruction.journals {
      let path = part.isKeptAside ? core.layout.damagedJournal(part.journal) : core.layout.journal(part.journal)
      guard let file = try open(path) else { continue }
      try inStore(core.layout) { () throws(FileError) in try part.patch.apply(to: file) }
      bytes += part.patch.bytes
    }
    // A pack of which nothing is left goes, and with it the hashes of what was in it. Its own directory says so, since no
    // count is as sure; and nobody else destroys in it while the lock is held.
    var emptied: [Identifier] = []
    for part in destruction.packs where try isEmpty(part.pack) { emptied.append(part.pack) }
    let empty = emptied
    core.settle(
      try core.catalog.commit(.freeing) { state in
        guard state.destructions.contains(where: { $0.id == destruction.id }) else { return [] }
        let left = empty.filter { pack in state.packs.contains { $0.id == pack } }
        return [.destroyed(destruction.id)] + left.map(CatalogEdit.removePack)
      })
    core.packs.close(emptied)
    for pack in emptied { try? core.environment.files.unlink(core.layout.pack(pack)) }
    return bytes
  }

  private func open(_ path: String) throws(StoreError) -> (any StorageFile)? {
    do throws(FileError) { return try core.environment.files.open(path, .write) } catch {
      if error.errno == ErrorNumber.notFound { return nil }
      throw StoreError(error, in: core.layout)
    }
  }

  /// Whether nothing is left in a pack that the catalog names; false where that cannot be told.
  func isEmpty(_ pack: Identifier, but doomed: Set<UInt64> = []) throws(StoreError) -> Bool {
    guard let facts = core.catalog.state.packs.first(where: { $0.id == pack }) else { return false }
    do throws(StoreError) {
      let reader = try DirectoryReader(try PackFile(facts, core.environment, core.layout))
      while try reader.next() != nil {
        if !doomed.contains(reader.entry.lowerBound) { return false }
      }
      return true
    } catch {
      guard error.code == .damaged || error.code == .notFound else { throw error }
      return false
    }
  }

  /// Whether a pack has other names, in snapshots: what is let go there stays as it is, only what is erased goes.
  static func isShared(_ pack: Identifier, _ core: StoreCore) throws(StoreError) -> Bool {
    let facts = try inStore(core.layout) { () throws(FileError) in
      try core.environment.files.facts(at: core.layout.pack(pack))
    }
    return facts.map { $0.links > 1 } ?? false
  }

  /// Whether a segment is what it was when it was chosen: not destroyed by somebody else since.
  func stands(_ segment: DoomedSegment, in pack: Identifier) throws(StoreError) -> Bool {
    guard let file = try open(core.layout.pack(pack)) else { return false }
    let range = segment.entryRange
    // On the word of a wrong read it would be left where it is, and said to be gone.
    let bytes = try inStore(core.layout) { () throws(FileError) in
      try file.readAgreed(at: range.lowerBound, count: range.count, path: core.layout.pack(pack))
    }
    let entry = (try? SegmentEntry.decode(bytes, pack: pack, at: range.lowerBound)) ?? nil
    return entry.map { ErasedEntry($0) == segment.erased } ?? false
  }

  /// The part that destroys those of some segments of a pack that are still there; nil where none is.
  func part(_ pack: Identifier, _ segments: [DoomedSegment]) throws(StoreError) -> Destruction.PackPart? {
    guard let file = try open(core.layout.pack(pack)) else { return nil }
    var changes: [FileChange] = []
    var erased = PackFacts.Erased()
    for segment in segments where try stands(segment, in: pack) {
      guard
        let marker = segment.erased.marker(
          pack: pack, at: segment.entryRange.lowerBound, length: segment.entryRange.count)
      else { continue }
      changes.append(FileChange(offset: segment.erased.offset, length: segment.erased.length, bytes: nil))
      changes.append(
        FileChange(offset: segment.entryRange.lowerBound, length: UInt64(marker.count), bytes: marker))
      erased.add(segment.erased)
    }
    if changes.isEmpty { return nil }
    let made = changes
    let patch = try inStore(core.layout) { () throws(FileError) in
      try FilePatch(made, of: file, path: core.layout.pack(pack))
    }
    return Destruction.PackPart(pack: pack, patch: patch, erased: erased)
  }
}

/// A segment that is to be destroyed: its directory entry's place, and what it holds.
struct DoomedSegment: Sendable {
  var entryRange: Range<UInt64>
  var erased: ErasedEntry

  init(_ entry: SegmentEntry, at range: Range<UInt64>) {
    entryRange = range
    erased = ErasedEntry(entry)
  }
}

extension Destruction {
  /// What destroys segments of some packs.
  init(
    _ id: Identifier, _ reason: Reason, _ doomed: [Identifier: [DoomedSegment]], _ destroyer: Destroyer
  ) throws(StoreError) {
    self.init(id: id, reason: reason)
    for (pack, segments) in doomed.sorted(by: { $0.key < $1.key }) {
      if let part = try destroyer.part(pack, segments) { packs.append(part) }
    }
  }

  /// Bytes of pages that the catalog has to hold for it.
  var imageBytes: Int {
    packs.reduce(0) { $0 + $1.patch.imageBytes } + journals.reduce(0) { $0 + $1.patch.imageBytes }
  }
}

extension StoreCore {
  /// Does all destructions that the catalog names: those whose process has died are among them. Waits for one that is
  /// at it.
  @discardableResult
  func carryOutDestructions(_ control: MaintenanceControl = MaintenanceControl()) throws(StoreError) -> Int {
    let count = catalog.state.destructions.count
    if count == 0 { return 0 }
    try Destroyer(self, control).release()
    return count
  }
}
