internal import SegmentFiles

extension ReplayStore {
  /// Makes a new store of all that can still be read of another, which is not changed: also where its catalog is damaged or
  /// gone, packs are cut short or their directories lost, and for journals that were kept aside because of damage.
  ///
  /// What the catalog says counts, as far as it can be read: which files are in force, what was erased, pinned and decided.
  /// Without it every file in the folders is looked through; what several have is taken once, and what the catalog alone
  /// knew is lost, which the report says. Packs that are well are shared with the old store where it lies on the same volume
  /// (what is erased in the one is then gone from the other), and copied to another; what can be read of the others, and of
  /// journals, is written into new packs.
  ///
  /// - Parameters:
  ///   - path: the store. No process may write to it or maintain it meanwhile.
  ///   - target: where to put the new one: a folder that does not exist, in one that does.
  ///   - isDryRun: looks only: the report tells what would be there and what not, and nothing is written.
  ///   - configuration: the sizes of packs and blocks, and compression levels, that new packs are made with.
  ///   - progress: called now and then with the bytes of packs that were looked through.
  /// - Returns: what was taken, and what is lost and why. After a failure the target is no store, and may be removed.
  /// - Throws: `.notFound` where there is nothing to salvage, `.notAStore`, `.locked`, `.newerFormat`, `.accessDenied`,
  ///   `.invalidArgument` where the target is there already, `.networkFileSystem`, `.diskFull`, `.cancelled`, `.ioFailed`.
  ///
  /// Every block is decoded once, those of packs that are written anew three times. Memory grows with the number of segments
  /// (some 60 bytes each) and of batches in journals (some 50 bytes each).
  @discardableResult
  public static func salvage(
    _ path: String, into target: String, isDryRun: Bool = false, configuration: Configuration = .init(),
    progress: (@Sendable (_ bytes: UInt64) -> Void)? = nil
  ) async throws(StoreError) -> SalvageReport {
    try await salvage(
      Layout(root: path), into: Layout(root: target), isDryRun: isDryRun, configuration: configuration, .system(),
      progress: progress)
  }

  static func salvage(
    _ source: Layout, into target: Layout, isDryRun: Bool, configuration: Configuration,
    _ environment: StoreEnvironment, progress: (@Sendable (_ bytes: UInt64) -> Void)? = nil
  ) async throws(StoreError) -> SalvageReport {
    try await work(progress) { (control) throws(StoreError) in
      var run = SalvageRun(source, into: target, environment, configuration, control)
      return try run.run(isDryRun: isDryRun)
    }
  }
}
