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
    func files(in layout: Layout) -> [(path: String, bytes: UInt64)] {
      state.writtenOnce(in: layout) + state.journals.map { (layout.journal($0.id), $0.sealedEnd ?? 0) }
    }
    for (source, name) in zip(files(in: core.layout), files(in: target)) {
      try control.check()
      do throws(FileError) { try copy.copy(source.path, as: name.path, count: source.bytes) } catch {
        throw StoreError(error, in: core.layout)
      }
      control.advance(source.bytes)
    }
    try inStore(target) { () throws(FileError) in
      for folder in target.folders { try core.environment.files.syncDirectory(folder) }
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
