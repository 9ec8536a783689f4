internal import SegmentCodecs
internal import SegmentFiles

/// Measures held-out sessions of a project with no dictionary, the one in force and newly selected ones.
struct DictionaryEvaluationRun {
  let core: StoreCore
  let project: String
  let options: DictionaryTraining
  /// Levels of the archive tier; empty: the configured one.
  let levels: [Int]
  let control: MaintenanceControl

  func run() throws(StoreError) -> DictionaryEvaluation {
    let sample = try TrainingSample(core, project: project, options)
    guard sample.projectSessions > 0 else {
      throw StoreError(.notFound, "project \(project) has no packed sessions; flush the store first")
    }
    let trial = DictionaryTrial(core: core, sessions: sample.measured, options: options, control: control)
    var evaluation = DictionaryEvaluation(
      project: project, projectBytes: sample.projectBytes, sampledSessions: sample.trained.count,
      heldOutSessions: sample.measured.count, heldOutBytes: 0, rows: [])
    try add(.none, nil, 0, trial, to: &evaluation)
    if let inForce = try core.dictionaryInForce(project) {
      let facts = core.contents.withLock { $0.catalog.dictionaries.first { $0.id == inForce.0 } }
      try add(.inForce, inForce.1, 2 * (facts?.fileBytes ?? 0), trial, to: &evaluation)
    }
    let selected = try DictionarySelection(core: core, options: options, control: control).select(sample)
    var limit = selected.bytes.count
    while limit >= 16 << 10 {
      let content = selected.content(limit: limit)
      if content.isEmpty { break }
      try add(
        .trained(contentBytes: content.count), try DictionarySelection.dictionary(content),
        2 * UInt64(try DictionarySelection.fileBytes(content)), trial, to: &evaluation)
      limit /= 2
    }
    return evaluation
  }

  private func add(
    _ name: DictionaryEvaluation.Row.Dictionary, _ dictionary: ZstdDictionary?, _ dictionaryBytes: UInt64,
    _ trial: DictionaryTrial, to evaluation: inout DictionaryEvaluation
  ) throws(StoreError) {
    let archive = levels.isEmpty ? [core.configuration.archiveLevel] : levels
    try add(name, "recent", core.configuration.recentLevel, dictionaryBytes, to: &evaluation) {
      () throws(StoreError) in try trial.recent(dictionary)
    }
    for level in archive {
      try add(name, "archive", level, dictionaryBytes, to: &evaluation) { () throws(StoreError) in
        try trial.archive(dictionary, level: level)
      }
    }
  }

  private func add(
    _ name: DictionaryEvaluation.Row.Dictionary, _ tier: String, _ level: Int, _ dictionaryBytes: UInt64,
    to evaluation: inout DictionaryEvaluation, _ measure: () throws(StoreError) -> DictionaryTrial.Weight
  ) throws(StoreError) {
    let weight = try measure()
    evaluation.heldOutBytes = UInt64(weight.rawBytes)
    let share = Double(weight.storedBytes) / Double(max(1, weight.rawBytes))
    evaluation.rows.append(
      .init(
        dictionary: name, tier: tier, level: level, heldOutBytes: UInt64(weight.storedBytes),
        dictionaryBytes: dictionaryBytes,
        projectedBytes: UInt64(share * Double(evaluation.projectBytes)) + dictionaryBytes,
        bytesPerSecond: weight.seconds > 0 ? Double(weight.rawBytes) / weight.seconds : 0))
  }
}
