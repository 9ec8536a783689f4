internal import SegmentFiles

extension StoreError {
  static func snapshotIsReadOnly(_ layout: Layout) -> StoreError {
    StoreError(
      .isSnapshot, "\(layout.root) is a snapshot: it can be read, and engine-tool restore makes a store of it",
      location: .init(file: "catalog"))
  }
}

extension StoreCore {
  /// The snapshots that are still where they were put, and what they hold alone.
  func snapshotInfos(_ state: CatalogState) throws(StoreError) -> [SnapshotInfo] {
    if state.snapshots.isEmpty { return [] }
    var own = Set<UInt64>()
    for file in state.writtenOnce(in: layout) {
      let facts = try inStore(layout) { () throws(FileError) in try environment.files.facts(at: file.path) }
      if let facts { own.insert(facts.inode) }
    }
    var infos: [SnapshotInfo] = []
    for snapshot in state.snapshots {
      let folder = Layout(root: snapshot.path)
      // A folder that cannot be looked into holds what nobody here can tell.
      guard let found = try? environment.files.facts(at: folder.catalog), found.kind == .file else { continue }
      var bytes: UInt64 = 0
      for place in [folder.root] + folder.folders {
        for name in (try? environment.files.list(place)) ?? [] {
          guard let facts = try? environment.files.facts(at: "\(place)/\(name)"), facts.kind == .file else { continue }
          // Another volume counts its files anew: what has one name alone is the snapshot's.
          if facts.links == 1 || !own.contains(facts.inode) { bytes += facts.allocated }
        }
      }
      infos.append(
        SnapshotInfo(path: snapshot.path, time: Timestamp(millisecondsSince1970: snapshot.time), bytesHeld: bytes))
    }
    return infos
  }
}
