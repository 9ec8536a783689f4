import ArgumentParser
import SegmentEngine

/// Measures what a project would weigh with other dictionaries.
struct DictEvaluate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Shows what a project would weigh with no dictionary, the one in force, and others.",
    discussion: """
      A dictionary is selected from a part of the project's packed sessions and the others are measured; nothing is \
      changed. TOTAL is what the whole project would weigh, dictionary included. With --json one object.
      """)

  @OptionGroup var options: StoreOptions
  @OptionGroup var training: TrainingOptions

  @Option(parsing: .upToNextOption, help: ArgumentHelp("zstd levels of the archive to try.", valueName: "level"))
  var levels: [Int] = []

  @Flag(help: "One JSON object.")
  var json = false

  func validate() throws {
    guard levels.allSatisfy({ (1...22).contains($0) }) else { throw ValidationError("--levels takes 1 to 22") }
  }

  func run() async throws {
    let settings = try training.settings()
    try await options.withStore(.readOnly) { store in
      let evaluation = try await store.evaluateDictionaries(
        project: training.project, options: settings, levels: levels)
      if json { return try Standard.print(Self.document(evaluation)) }
      try Standard.print(Self.text(evaluation))
    }
  }

  private static func name(_ dictionary: DictionaryEvaluation.Row.Dictionary) -> String {
    switch dictionary {
    case .none: "none"
    case .inForce: "in force"
    case .trained(let bytes): "new, \(Units.bytes(UInt64(bytes)))"
    }
  }

  private static func text(_ evaluation: DictionaryEvaluation) -> String {
    let text =
      "project \(evaluation.project): \(Units.bytes(evaluation.projectBytes)) of NDJSON; measured on "
      + "\(Units.count(UInt64(evaluation.heldOutSessions), "session")), \(Units.bytes(evaluation.heldOutBytes)); new "
      + "dictionaries selected from \(Units.count(UInt64(evaluation.sampledSessions), "other session"))\n"
    var table = Table([
      "DICTIONARY": .left, "TIER": .left, "LEVEL": .right, "STORED": .right, "RATIO": .right, "DICT. ON DISK": .right,
      "TOTAL": .right, "MB/S": .right,
    ])
    for row in evaluation.rows {
      table.add(
        name(row.dictionary), row.tier, "\(row.level)", Units.bytes(row.heldOutBytes),
        Units.ratio(evaluation.heldOutBytes, row.heldOutBytes), Units.bytes(row.dictionaryBytes),
        Units.bytes(row.projectedBytes), "\(Int(row.bytesPerSecond / 1e6))")
    }
    return text + table.text
  }

  private static func document(_ evaluation: DictionaryEvaluation) -> JSONValue {
    let rows = evaluation.rows.map { row -> JSONValue in
      var content = JSONValue.null
      var kind = "none"
      switch row.dictionary {
      case .none: break
      case .inForce: kind = "inForce"
      case .trained(let bytes):
        kind = "trained"
        content = .count(bytes)
      }
      return .object([
        (key: "dictionary", value: .string(kind)), (key: "contentBytes", value: content),
        (key: "tier", value: .string(row.tier)), (key: "level", value: .count(row.level)),
        (key: "heldOutStoredBytes", value: .whole(row.heldOutBytes)),
        (key: "dictionaryFileBytes", value: .whole(row.dictionaryBytes)),
        (key: "projectedBytes", value: .whole(row.projectedBytes)),
        (key: "compressionBytesPerSecond", value: .number(row.bytesPerSecond.rounded())),
      ])
    }
    return .record([
      "project": .string(evaluation.project), "projectRawBytes": .whole(evaluation.projectBytes),
      "sampledSessions": .count(evaluation.sampledSessions), "heldOutSessions": .count(evaluation.heldOutSessions),
      "heldOutRawBytes": .whole(evaluation.heldOutBytes), "rows": .array(rows),
    ])
  }
}
