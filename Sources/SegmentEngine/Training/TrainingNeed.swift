internal import SegmentFiles

/// Whether a project's dictionary should be trained now: a pure function of the last training and of what has come since.
///
/// The first time, when there is enough text of enough sessions; again when the project has grown to three times what it
/// was, as long as the sample could still be larger; or when what came since compresses clearly worse than held-out
/// sessions did then, as after a release that changed the pages.
struct TrainingNeed {
  enum Reason: String { case first, growth, drift }

  /// What the first training takes at least: NDJSON in bytes, segments.
  static let firstBytes: UInt64 = 1 << 20
  static let firstSegments = 3
  /// Trainings of a project are at least so far apart, milliseconds.
  static let interval = 3_600_000.0
  static let growth: UInt64 = 3
  /// What drift is judged by: NDJSON in bytes, and the share of the former ratio that is still well.
  static let driftBytes: UInt64 = 8 << 20
  static let driftShare = 0.7

  var now: Double
  /// NDJSON of a sample, bytes.
  var sampleBytes: UInt64

  /// - Parameters:
  ///   - record: the last training.
  ///   - isInForce: a dictionary is in force.
  ///   - all: what the project has in packs.
  ///   - since: what came since the last training, in the recent tier.
  func reason(
    _ record: TrainingRecord?, isInForce: Bool, all: ProjectSums.Sum, since: ProjectSums.Sum
  ) -> Reason? {
    guard let record else {
      let isEnough = all.rawBytes >= Self.firstBytes && all.segments >= Self.firstSegments
      return isEnough && !isInForce ? .first : nil
    }
    guard now - record.time >= Self.interval else { return nil }
    if record.rawBytes < sampleBytes, all.rawBytes >= max(Self.growth * record.rawBytes, Self.firstBytes) {
      return .growth
    }
    guard isInForce, record.recentRatio > 0, since.rawBytes >= Self.driftBytes, since.storedBytes > 0 else {
      return nil
    }
    let ratio = Double(since.rawBytes) / Double(since.storedBytes)
    return ratio < record.recentRatio * Self.driftShare ? .drift : nil
  }
}

extension StoreCore {
  /// The archive packs that are looked at besides the recent ones, at most; the newest.
  private static var archivePacks: Int { 256 }

  /// The projects whose dictionaries should be trained now. Reads the directories of packs it has not seen yet; those
  /// of the archive only for projects that may grow, as a small one takes longer than the recent window to have enough.
  func trainingNeeds(_ sums: ProjectSums) -> [(project: String, reason: TrainingNeed.Reason)] {
    let state = contents.withLock { $0.catalog }
    let recent = state.packs.filter { $0.tier == .recent }
    let archive = state.packs.filter { $0.tier == .archive }.suffix(Self.archivePacks)
    let sampleBytes = UInt64(DictionaryTraining().rawBytes)
    var all: [String: ProjectSums.Sum] = [:]
    var since: [String: ProjectSums.Sum] = [:]
    for (pack, projects) in sums.sums(self, recent, keeping: archive) {
      for (project, sum) in projects {
        all[project, default: .init()].add(sum)
        if let record = state.trainings[project], pack.firstReceived > record.time {
          since[project, default: .init()].add(sum)
        }
      }
    }
    let mayGrow = all.keys.contains { project in
      state.trainings[project].map { $0.rawBytes < sampleBytes } ?? (state.dictionaryInForce[project] == nil)
    }
    if mayGrow {
      for (_, projects) in sums.sums(self, Array(archive), keeping: recent[...]) {
        for (project, sum) in projects where all[project] != nil { all[project]?.add(sum) }
      }
    }
    let need = TrainingNeed(now: environment.clock.now(), sampleBytes: sampleBytes)
    return all.keys.sorted().compactMap { project in
      need.reason(
        state.trainings[project], isInForce: state.dictionaryInForce[project] != nil, all: all[project] ?? .init(),
        since: since[project] ?? .init()
      ).map { (project, $0) }
    }
  }
}

extension ProjectSums.Sum {
  fileprivate mutating func add(_ other: ProjectSums.Sum) {
    segments += other.segments
    rawBytes += other.rawBytes
    storedBytes += other.storedBytes
  }
}
