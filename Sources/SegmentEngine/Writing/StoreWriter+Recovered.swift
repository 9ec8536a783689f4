internal import Logging
internal import SegmentFiles

extension StoreWriter {
  /// Makes durable what recovery found in a journal that was not sealed.
  ///
  /// A sync that failed in another process may have made the system take for written what is not: the cache still shows it,
  /// and a sync of the same file succeeds and writes nothing. So what is not known to be durable is not only synced: the
  /// journal is copied, and the copy takes its place. Otherwise a batch that failed would be found, told to be a duplicate
  /// when it is sent again, and be lost with the next loss of power.
  func makeDurable(_ id: Identifier, _ scan: JournalScan) throws(FileError) {
    let files = environment.files
    let path = layout.journal(id)
    let state = core.catalog.state
    // While something is still to be erased from it no copy may be left in free blocks.
    let mayCopy = state.tombstones.values.allSatisfy { $0.commit <= state.erasureApplied }
    if scan.end > scan.durable, mayCopy, let copy = try copied(path, scan) {
      try files.rename(copy, to: path)
      try files.syncDirectory(layout.journals)
      try files.syncDirectory(layout.temporary)
    } else {
      try files.open(path, .write).syncData()
    }
  }

  /// A synced copy of a journal, with all that is behind its end where it has damage; nil where the disk is full, which must
  /// not keep anyone from opening a store.
  private func copied(_ path: String, _ scan: JournalScan) throws(FileError) -> String? {
    let files = environment.files
    let temporary = layout.temporaryFile(environment.newIdentifier())
    do throws(FileError) {
      let size = try files.facts(at: path)?.size ?? 0
      var copy = FileCopy(files)
      try copy.copy(path, as: temporary, count: scan.damages.isEmpty ? min(scan.end, size) : size)
      return temporary
    } catch {
      try? files.unlink(temporary)
      guard error.errno == ErrorNumber.noSpace || error.errno == ErrorNumber.quota else { throw error }
      core.logger?.warning("a recovered journal could only be synced in its place: the disk is full")
      return nil
    }
  }
}
