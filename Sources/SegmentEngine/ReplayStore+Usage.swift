extension ReplayStore {
  /// Where the bytes are: by project, tier, class, day and kind of event, with what finding the events takes.
  ///
  /// - Parameters:
  ///   - project: only what is this project's own; nil: the whole store.
  ///   - sampleBytes: about how much NDJSON to decode to estimate stored bytes by kind of event; 0: none, and no estimate.
  ///     Blocks hold events of all kinds, compressed together. In each block of the sample, which is spread over the store
  ///     and always the same for the same store, the events of each kind are compressed apart, and the block's stored bytes
  ///     shared out by what that took; those of each project and tier as in its sample.
  ///   - progress: called now and then with the bytes looked at and the bytes to look at.
  /// - Returns: sums alone; a project that has nothing gives zeros.
  /// - Throws: `.conflict` (may be repeated) where packs were removed again and again meanwhile, `.ioFailed`,
  ///   `.invalidArgument`, `.closed`. What is damaged is counted as unreadable and named.
  ///
  /// Reads the directories of all packs, about 1 % of the store, and compresses the sample: some seconds for 256 MiB.
  /// Memory is bounded by a pack's read-ahead and a block, whatever the number of sessions.
  public func usage(
    project: String? = nil, sampleBytes: Int = 256 << 20,
    progress: (@Sendable (_ done: UInt64, _ total: UInt64) -> Void)? = nil
  ) async throws(StoreError) -> StoreUsage {
    if let project { try Names.check(project: project) }
    return try await read { core throws(StoreError) in
      try core.usage(project: project, sampleBytes: sampleBytes, progress: progress)
    }
  }
}
