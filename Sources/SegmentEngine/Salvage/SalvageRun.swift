internal import SegmentFiles

/// Makes a new store of what can be read of another one, which stays as it is.
///
/// 1. what is left of the catalog is read, else the folders are looked through; 2. every pack, journal and dictionary is read
///    to its last block; 3. it is decided which files are needed, and which may stay as they are; 4. the target's folders are
///    made, dictionaries and lists of what is gone linked or copied, packs that are well likewise; 5. what is left of the
///    others, and all that is in journals, is written into new packs, session by session; 6. the catalog is written.
///
/// Without 6 the target is no store, and may be removed. Memory: some 56 bytes for each segment of the store and 48 for each
/// batch in its journals, the directory of one pack at a time, and one block.
struct SalvageRun {
  let source: Layout
  let target: Layout
  let environment: StoreEnvironment
  let configuration: Configuration
  let control: MaintenanceControl
  var report = SalvageReport()

  init(
    _ source: Layout, into target: Layout, _ environment: StoreEnvironment, _ configuration: Configuration,
    _ control: MaintenanceControl
  ) {
    self.source = source
    self.target = target
    self.environment = environment
    self.configuration = configuration
    self.control = control
  }

  var files: any FileSystem { environment.files }

  /// With `isDryRun` nothing is written.
  mutating func run(isDryRun: Bool) throws(StoreError) -> SalvageReport {
    if try inStore(target, { () throws(FileError) in try files.facts(at: target.root) }) != nil {
      throw StoreError(
        .invalidArgument, "\(target.root) is there already; give a folder that is not",
        location: .init(file: target.root))
    }
    let found = try SalvageSource(environment, source)
    report.catalog = found.catalog.condition
    if let problem = found.catalog.problem { lose(catalog: problem, found) }
    let dictionaries = try SalvageDictionaries(
      found.catalog.state?.dictionaries ?? [], searching: !found.isWhole, environment, source)
    for problem in dictionaries.problems { report.notes.append(problem.salvageText) }
    let store = found.catalog.state?.store ?? Self.mostFrequent(found) ?? environment.newIdentifier()
    var survey = SalvageSurvey(found, dictionaries, store, control)
    try survey.run()
    let choice = SalvageChoice(survey.marks, ranks: survey.ranks, isComplete: found.isWhole)
    settle(survey, choice)
    if !isDryRun { try build(found, dictionaries, survey, choice, store) }
    report.losses.sort { ($0.file, $0.offset ?? 0) < ($1.file, $1.offset ?? 0) }
    return report
  }

  /// What the catalog alone knew.
  private mutating func lose(catalog problem: (text: String, offset: UInt64?), _ found: SalvageSource) {
    let what =
      found.catalog.condition == .gone
      ? "pins, holds, the policy, tombstones of erased sessions, lists of sessions that were let go, edits that were not yet in a journal, receipts, totals and the key that sampling is under are lost with it"
      : "pins, policy, holds and tags that were set since may be lost"
    report.lose(.init(file: "catalog", offset: problem.offset, reason: "\(problem.text): \(what)"))
  }

  /// The store that most files say they are of.
  private static func mostFrequent(_ found: SalvageSource) -> Identifier? {
    var counts: [Identifier: Int] = [:]
    for id in found.packs.compactMap(\.store) + found.journals.compactMap(\.store) { counts[id, default: 0] += 1 }
    return counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
  }

  /// What is lost in the end: what no other file has.
  private mutating func settle(_ survey: SalvageSurvey, _ choice: SalvageChoice) {
    report.notes += survey.notes
    report.sessions = choice.sessions
    report.events = choice.events
    report.journals = choice.isNeeded.indices.count { survey.ranks[$0].tier < 2 && choice.isNeeded[$0] }
    report.dictionaries = survey.dictionaries.used.count
    let hasMarks = Set(survey.marks.map(\.source))
    for number in survey.source.packs.indices {
      if !choice.isNeeded[number] {
        if hasMarks.contains(Int32(number)) { report.packsSuperseded += 1 }
      } else if survey.broken[number] != nil || choice.isDisturbed[number] {
        report.packsRewritten += 1
      } else {
        report.packsKept += 1
      }
    }
    for candidate in survey.candidates {
      var loss = candidate.loss
      if let number = candidate.source, !choice.isNeeded[number], hasMarks.contains(Int32(number)),
        candidate.isDetail || (loss.sequences == nil && survey.ranks[number].tier > 0)
      {
        continue
      }
      if let session = loss.session, let sequences = loss.sequences {
        var held = SequenceRanges()
        for mark in choice.marks(of: KeyHash.of(session)) { held.insert(mark.range) }
        let missing = held.missing(of: sequences)
        guard let first = missing.first, let last = missing.last else { continue }
        loss.sequences = first.lowerBound..<last.upperBound
      }
      report.lose(loss)
    }
    for id in survey.dictionaries.lost.sorted() {
      report.notes.append("dictionary \(id) is gone in both copies; blocks that need it are lost")
    }
  }
}
