import SegmentEngine

/// What maintenance did, as text and as JSON.
enum MaintenanceOutput {
  static func document(_ report: MaintenanceReport, isDryRun: Bool) -> JSONValue {
    let rewrites = report.rewrites.map { rewrite -> JSONValue in
      .object([
        (key: "why", value: .string(rewrite.kind.rawValue)), (key: "packsRead", value: .count(rewrite.packsRead)),
        (key: "packsWritten", value: .count(rewrite.packsWritten)), (key: "sessions", value: .count(rewrite.sessions)),
        (key: "sessionsRecompressed", value: .count(rewrite.sessionsRecompressed)),
        (key: "sessionsDropped", value: .count(rewrite.sessionsDropped)),
        (key: "rawBytes", value: .whole(rewrite.rawBytes)), (key: "bytesBefore", value: .whole(rewrite.bytesBefore)),
        (key: "bytesAfter", value: isDryRun ? .null : .whole(rewrite.bytesAfter)),
      ])
    }
    let plan = report.plan.map { plan -> JSONValue in
      .object([
        (key: "job", value: .string(plan.job.rawValue)), (key: "why", value: .string(plan.reason)),
        (key: "packs", value: .count(plan.packs)), (key: "sessions", value: .count(plan.sessions)),
        (key: "bytesRead", value: .whole(plan.bytesRead)), (key: "bytesWritten", value: .whole(plan.bytesWritten)),
        (key: "bytesFreed", value: .whole(plan.bytesFreed)),
      ])
    }
    let departures = report.departures.map { gone -> JSONValue in
      .object([
        (key: "why", value: .string(gone.reason.rawValue)), (key: "packs", value: .count(gone.packs)),
        (key: "sessions", value: .count(gone.sessions)), (key: "bytesFreed", value: .whole(gone.bytes)),
      ])
    }
    return .record([
      "isDryRun": .bool(isDryRun), "plan": .array(plan), "departures": .array(departures),
      "erasuresEnded": .count(report.erasuresEnded), "rewrites": .array(rewrites),
      "trainings": .array(report.trainings.map(document)), "copiesRestored": .count(report.copiesRestored),
      "dictionariesRemoved": .array(report.dictionariesRemoved.map { .string($0.description) }),
    ])
  }

  static func text(_ report: MaintenanceReport, isDryRun: Bool) -> String {
    if isDryRun { return planText(report.plan) }
    var text = ""
    for gone in report.departures {
      let sessions = Units.count(UInt64(gone.sessions), "session")
      let packs = gone.packs == 0 ? "" : ", \(Units.count(UInt64(gone.packs), "pack")) whole"
      let why = gone.reason == .expiry ? "expired" : "let go for a budget"
      text += "\(why): \(sessions)\(packs), \(Units.bytes(gone.bytes))\n"
    }
    if report.erasuresEnded > 0 {
      text += "ended \(Units.count(UInt64(report.erasuresEnded), "interrupted erasure"))\n"
    }
    for rewrite in report.rewrites {
      let packs = Units.count(UInt64(rewrite.packsRead), "pack")
      let size = "\(Units.bytes(rewrite.bytesBefore)) to \(Units.bytes(rewrite.bytesAfter))"
      let recompressed = Units.count(UInt64(rewrite.sessionsRecompressed), "session")
      switch rewrite.kind {
      case .promotion:
        let dropped =
          rewrite.sessionsDropped == 0 ? "" : ", left out \(Units.count(UInt64(rewrite.sessionsDropped), "session"))"
        text += "promoted \(recompressed) of \(packs)\(dropped): \(size)\n"
      case .merge: text += "merged \(packs): \(size)\n"
      case .settlement: text += "moved sessions of \(packs) to where they belong: \(size)\n"
      case .retirement: text += "compressed \(recompressed) anew: \(size)\n"
      }
    }
    for training in report.trainings { text += self.text(training) }
    if report.copiesRestored > 0 {
      text += "restored \(report.copiesRestored) lost or damaged copies of dictionaries\n"
    }
    for dictionary in report.dictionariesRemoved { text += "removed dictionary \(dictionary)\n" }
    return text.isEmpty ? "nothing to do\n" : text
  }

  private static func planText(_ plan: [MaintenanceReport.Plan]) -> String {
    if plan.isEmpty { return "nothing to do\n" }
    var table = Table([
      "job": .left, "packs": .right, "sessions": .right, "reads": .right, "writes": .right, "frees": .right,
      "why": .left,
    ])
    func bytes(_ count: UInt64) -> String { count == 0 ? "-" : Units.bytes(count) }
    for job in plan {
      table.add(
        job.job.rawValue, job.packs == 0 ? "-" : "\(job.packs)", job.sessions == 0 ? "-" : "\(job.sessions)",
        bytes(job.bytesRead), bytes(job.bytesWritten), bytes(job.bytesFreed), job.reason)
    }
    return table.text
  }

  static func document(_ report: TrainingReport) -> JSONValue {
    let candidates = report.candidates.map { candidate -> JSONValue in
      .object([
        (key: "contentBytes", value: .count(candidate.contentBytes)),
        (key: "fileBytes", value: .count(candidate.fileBytes)),
        (key: "heldOutStoredBytes", value: .count(candidate.heldOutBytes)),
        (key: "gainBytes", value: .number(Double(candidate.gain))),
      ])
    }
    return .record([
      "project": .string(report.project), "outcome": .string(report.outcome.rawValue),
      "dictionary": .optional(report.dictionary?.description), "sessions": .count(report.sessions),
      "visitors": .count(report.visitors), "sampledBytes": .whole(report.sampledBytes),
      "heldOutSessions": .count(report.heldOutSessions), "heldOutBytes": .whole(report.heldOutBytes),
      "storedWithoutBytes": .count(report.withoutDictionary),
      "storedWithPreviousBytes": report.withPrevious.map { .count($0) } ?? .null, "candidates": .array(candidates),
      "selectingMs": .number(report.selectingSeconds * 1_000), "measuringMs": .number(report.measuringSeconds * 1_000),
    ])
  }

  static func text(_ report: TrainingReport) -> String {
    var text =
      "project \(report.project): \(Units.count(UInt64(report.sessions), "session")) of "
      + "\(Units.count(UInt64(report.visitors), "known visitor")), \(Units.bytes(report.sampledBytes)); selected in "
      + "\(Units.duration(report.selectingSeconds * 1_000)), measured in "
      + "\(Units.duration(report.measuringSeconds * 1_000))\n"
    if !report.candidates.isEmpty {
      text +=
        "\(Units.count(UInt64(report.heldOutSessions), "session")) held out, \(Units.bytes(report.heldOutBytes)): "
        + "\(Units.bytes(UInt64(report.withoutDictionary))) without a dictionary"
      if let previous = report.withPrevious { text += ", \(Units.bytes(UInt64(previous))) with the one in force" }
      text += "\n"
      var table = Table(["CONTENT": .right, "FILE": .right, "HELD OUT": .right, "GAIN": .right])
      for candidate in report.candidates {
        let gain = Units.bytes(candidate.gain.magnitude < UInt.max ? UInt64(candidate.gain.magnitude) : 0)
        table.add(
          Units.bytes(UInt64(candidate.contentBytes)), Units.bytes(UInt64(candidate.fileBytes)),
          Units.bytes(UInt64(candidate.heldOutBytes)), candidate.gain < 0 ? "-" + gain : gain)
      }
      text += table.text
    }
    switch report.outcome {
    case .adopted: text += "dictionary \(report.dictionary?.description ?? "-") is in force\n"
    case .tooLittle: text += "not trained: too few sessions or visitors, or too little text\n"
    case .nothingShared: text += "not trained: nothing is shared by enough visitors\n"
    case .noGain: text += "not adopted: it would not save more than it takes up\n"
    }
    return text
  }
}
