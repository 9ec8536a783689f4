internal import SegmentFiles

/// Makes a store of a snapshot, by copying: the snapshot stays as it is, and what is later erased in the one is not touched
/// in the other.
///
/// 1. every file that the snapshot's catalog names is copied and synced; 2. the folders are synced; 3. the catalog is
///    written, which no longer says that it is a snapshot and begins a new epoch.
struct RestoreRun {
  let core: StoreCore
  let target: Layout
  let control: MaintenanceControl

  func run() throws(StoreError) -> SnapshotReport {
    var state = core.catalog.state
    guard state.snapshotTime != 0 else {
      throw StoreError(
        .invalidArgument, "\(core.layout.root) is no snapshot; a store that nobody writes to can be copied as it is")
    }
    let time = state.snapshotTime
    // An erasure in it that was interrupted is ended first; it may take packs away.
    try core.carryOutDestructions(control)
    state = core.catalog.state
    try SnapshotRun.makeFolders(target, core.environment)
    var copy = FileCopy(core.environment.files)
    func take(_ source: String, _ name: String, _ bytes: UInt64) throws(StoreError) {
      try control.check()
      do throws(FileError) { try copy.copy(source, as: name, count: bytes) } catch {
        throw StoreError(error, in: core.layout)
      }
      control.advance(bytes)
    }
    for pack in state.packs { try take(core.layout.pack(pack.id), target.pack(pack.id), pack.fileBytes) }
    for dictionary in state.dictionaries {
      for number in 0..<2 {
        try take(
          core.layout.dictionary(dictionary.id, copy: number), target.dictionary(dictionary.id, copy: number),
          dictionary.fileBytes)
      }
    }
    for list in state.gone {
      try take(core.layout.gone(list.id), target.gone(list.id), GoneList.fileBytes(list.entries))
    }
    for journal in state.journals {
      try take(core.layout.journal(journal.id), target.journal(journal.id), journal.sealedEnd ?? 0)
    }
    let files = core.environment.files
    try inStore(target) { () throws(FileError) in
      for folder in target.folders { try files.syncDirectory(folder) }
    }
    state.snapshotTime = 0
    state.snapshots = []
    state.nextEpoch += 1
    state.generation += 1
    try Catalog.writeCopy(state, core.environment, target)
    return SnapshotReport(
      time: Timestamp(millisecondsSince1970: time), packs: state.packs.count, journals: state.journals.count,
      bytesLinked: copy.linked, bytesCopied: copy.copied)
  }
}
