internal import SegmentFiles

extension ReplayStore {
  /// Makes a consistent copy of the store in a folder that is empty or does not exist, beside whoever writes: all that was
  /// acknowledged when it was called is in it. Files are shared where it lies on the same volume, so it takes little room at
  /// first and more as the store moves on; `info` tells how much it holds.
  ///
  /// It can be opened with `.readOnly`; `restore` makes a store of it. Sessions that are erased in the store are erased in
  /// it too, as long as it stays at `path`, an absolute path.
  ///
  /// Throws `.invalidArgument` where the folder is not empty, `.diskFull`, `.cancelled`, `.wrongMode`.
  @discardableResult
  public func snapshot(
    to path: String, progress: (@Sendable (_ bytes: UInt64) -> Void)? = nil
  ) async throws(StoreError) -> SnapshotReport {
    try requireChanging()
    guard path.hasPrefix("/"), path.utf8.count <= FormatLimits.snapshotPath else {
      throw StoreError(.invalidArgument, "\(path) is no absolute path of at most \(FormatLimits.snapshotPath) bytes")
    }
    let core = self.core
    return try await work(progress) { (control) throws(StoreError) in
      var run = SnapshotRun(core, to: Layout(root: path), control)
      return try run.run()
    }
  }

  /// Makes a store, in a folder that is empty or does not exist, of a snapshot, which stays as it is. All is copied.
  ///
  /// Throws `.notFound`, `.notAStore`, `.invalidArgument` where it is no snapshot, `.diskFull`, `.cancelled`.
  @discardableResult
  public static func restore(
    _ snapshot: String, to path: String, progress: (@Sendable (_ bytes: UInt64) -> Void)? = nil
  ) async throws(StoreError) -> SnapshotReport {
    let store = try await open(snapshot, mode: .readOnly)
    let core = store.core
    do throws(StoreError) {
      let report = try await store.work(progress) { (control) throws(StoreError) in
        try RestoreRun(core: core, target: Layout(root: path), control: control).run()
      }
      try await store.close()
      return report
    } catch {
      try? await store.close()
      throw error
    }
  }
}
