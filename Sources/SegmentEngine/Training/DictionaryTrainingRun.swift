internal import SegmentCodecs
internal import SegmentFiles

/// Trains a dictionary for a project and adopts it where it pays.
///
/// 1. sessions are sampled, some of them held out; 2. content is selected by `DictionaryTrainer` in two passes over the
/// sample; 3. candidates of several sizes are measured on what was held out, as the archive would store it; the best is
/// finished with entropy tables where these help; 4. where it saves more than it takes up, it is installed in two copies,
/// and one commit registers it and puts it in force.
struct DictionaryTrainingRun {
  let core: StoreCore
  let project: String
  let options: DictionaryTraining
  let control: MaintenanceControl

  /// Below this nothing is worth choosing, bytes of NDJSON.
  static let fewestBytes: UInt64 = 64 << 10
  /// A dictionary is taken to serve as much as the project has, and so many sessions at least.
  static let servedSessions: UInt64 = 100

  private struct Candidate {
    var dictionary: ZstdDictionary
    var content: [UInt8]
    var isFinished: Bool
    var facts: TrainingReport.Candidate
  }

  /// Does it. Throws `.cancelled`, `.diskFull` and what else the disk brings; a pack that cannot be read is left out.
  func run() throws(StoreError) -> TrainingReport {
    var report = TrainingReport(project: project)
    try run(&report)
    return report
  }

  private func run(_ report: inout TrainingReport) throws(StoreError) {
    let sample = try TrainingSample(core, project: project, options)
    report.sessions = sample.trained.count
    report.visitors = sample.visitors
    report.sampledBytes = sample.trainedBytes
    report.heldOutSessions = sample.heldOut.count
    let isEnough =
      sample.visitors >= options.visitors
      || (!options.visitorsOnly && sample.trained.count >= options.unknownSessions)
    guard isEnough, sample.trainedBytes >= Self.fewestBytes
    else {
      return try remember(sample, ratio: 0)
    }
    let start = core.environment.clock.monotonic()
    let selected = try DictionarySelection(core: core, options: options, control: control).select(sample)
    let chosen = core.environment.clock.monotonic()
    report.selectingSeconds = Double(chosen - start) / 1e9
    defer { report.measuringSeconds = Double(core.environment.clock.monotonic() - chosen) / 1e9 }
    guard !selected.bytes.isEmpty else {
      report.outcome = .nothingShared
      return try remember(sample, ratio: 0)
    }
    let trial = DictionaryTrial(core: core, sessions: sample.measured, options: options, control: control)
    let best = try choose(selected, sample, trial, &report)
    report.outcome = .noGain
    let previous = try core.dictionaryInForce(project)
    guard let best, best.facts.gain > 0 || options.isForced else {
      return try remember(sample, ratio: try trial.recent(previous?.1).ratio)
    }
    let ratio = try trial.recent(best.dictionary).ratio
    let adopted = try DictionaryCare(core: core).adopt(try whole(best, sample), record(sample, ratio: ratio))
    report.outcome = .adopted
    report.dictionary = DictionaryID(adopted.id)
  }

  /// Content of the size that was best, selected from the held-out sessions too: they have done their part.
  private func whole(_ best: Candidate, _ sample: TrainingSample) throws(StoreError) -> [UInt8] {
    if sample.heldOut.isEmpty { return best.content }
    let all = sample.joined()
    var options = options
    // As much larger as the sample is, so that nothing has to make room for what is new.
    options.contentBytes = min(
      options.contentBytes,
      best.content.count + best.content.count / max(1, sample.trained.count) * sample.heldOut.count)
    let selected = try DictionarySelection(core: core, options: options, control: control).select(all)
    let content = selected.content(limit: options.contentBytes)
    // Where not one passage of these fits, what was measured is as good.
    if content.isEmpty { return best.content }
    return try (best.isFinished ? finish(content, all) : nil) ?? content
  }

  /// Measures candidates and returns the one that gains the most.
  private func choose(
    _ selected: DictionaryCandidates, _ sample: TrainingSample, _ trial: DictionaryTrial,
    _ report: inout TrainingReport
  ) throws(StoreError) -> Candidate? {
    let level = core.configuration.archiveLevel
    let without = try trial.archive(nil, level: level)
    report.heldOutBytes = UInt64(without.rawBytes)
    report.withoutDictionary = without.storedBytes
    var baseline = without.storedBytes
    if let previous = try core.dictionaryInForce(project) {
      let weight = try trial.archive(previous.1, level: level).storedBytes
      report.withPrevious = weight
      baseline = min(baseline, weight)
    }
    let average = Double(sample.projectBytes) / Double(max(1, sample.projectSessions))
    let served = max(Double(sample.projectBytes), average * Double(Self.servedSessions))
    let scale = served / Double(max(1, without.rawBytes))
    var best: Candidate?
    var tried = Set<Int>()
    func consider(_ content: [UInt8], isFinished: Bool = false) throws(StoreError) {
      let dictionary = try DictionarySelection.dictionary(content)
      let weight = try trial.archive(dictionary, level: level)
      let fileBytes = try DictionarySelection.fileBytes(content)
      let gain = Double(baseline - weight.storedBytes) * scale - Double(2 * fileBytes)
      let facts = TrainingReport.Candidate(
        contentBytes: content.count, fileBytes: fileBytes, heldOutBytes: weight.storedBytes, gain: Int(gain))
      report.candidates.append(facts)
      if facts.gain > best?.facts.gain ?? .min {
        best = Candidate(dictionary: dictionary, content: content, isFinished: isFinished, facts: facts)
      }
    }
    var limit = selected.bytes.count
    while limit >= 32 << 10 || tried.isEmpty {
      let content = selected.content(limit: limit)
      if content.count < 256, !tried.isEmpty { break }
      if tried.insert(content.count).inserted, !content.isEmpty { try consider(content) }
      // Smaller ones are not worth trying once they are clearly worse.
      if let last = report.candidates.last, let best, last.gain < best.facts.gain - abs(best.facts.gain) / 4 { break }
      limit /= 2
    }
    if let plain = best, let finished = try finish(plain.content, sample) { try consider(finished, isFinished: true) }
    return best
  }

  /// The content with entropy tables made from what it was selected from; nil where the library makes none.
  private func finish(_ content: [UInt8], _ sample: TrainingSample) throws(StoreError) -> [UInt8]? {
    var samples: [[UInt8]] = []
    for session in sample.trained.prefix(64) {
      do throws(StoreError) {
        try core.forEachBlock(of: session, limit: 1 << 20) { (content, _, _) in samples.append(content) }
      } catch {
        guard error.code == .damaged || error.code == .notFound else { throw error }
      }
    }
    // Registered IDs are below 32,768, reserved ones at the top.
    let id = UInt32(32_768 + core.environment.random.next() % (1 << 31 - 65_536))
    return try? ZstdDictionary.finalize(
      content, samples: samples, level: core.configuration.archiveLevel, id: id)
  }

  private func remember(_ sample: TrainingSample, ratio: Double) throws(StoreError) {
    let record = record(sample, ratio: ratio)
    core.settle(try core.catalog.commit { _ in [.trained(record)] })
  }

  private func record(_ sample: TrainingSample, ratio: Double) -> TrainingRecord {
    TrainingRecord(
      project: project, time: core.environment.clock.now(), rawBytes: sample.projectBytes, recentRatio: ratio)
  }
}
