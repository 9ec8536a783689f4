import SegmentEngine

/// What a policy would do, as text and as JSON.
enum PolicyOutput {
  static func document(_ evaluation: PolicyEvaluation) -> JSONValue {
    let rows = evaluation.rows.map { row -> JSONValue in
      [
        "rule": .string(row.rule), "keep": .number(row.keep),
        "retentionDays": row.retentionDays.map { .count($0) } ?? .null, "all": sums(row.all), "kept": sums(row.kept),
        "estimated": sums(row.estimated), "standardError": sums(row.standardError),
      ]
    }
    return .record(["rules": .array(rows), "pinned": .count(evaluation.pinned)])
  }

  static func sums(_ sums: SessionSums) -> JSONValue {
    [
      "sessions": .number(sums.sessions), "events": .number(sums.events), "clicks": .number(sums.clicks),
      "errors": .number(sums.errors), "rawBytes": .number(sums.rawBytes), "storedBytes": .number(sums.storedBytes),
    ]
  }

  static func text(_ evaluation: PolicyEvaluation) -> String {
    var table = Table([
      "rule": .left, "keep": .right, "days": .right, "sessions": .right, "kept": .right, "stored": .right,
      "kept stored": .right, "estimate": .right, "clicks": .right, "estimate ": .right, "errors": .right,
      "estimate  ": .right,
    ])
    var all = (sessions: 0.0, kept: 0.0, stored: 0.0, keptStored: 0.0)
    for row in evaluation.rows {
      table.add(
        row.rule, Units.decimal(row.keep * 100, 1) + "%", row.retentionDays.map(String.init) ?? "ever",
        whole(row.all.sessions),
        whole(row.kept.sessions), bytes(row.all.storedBytes), bytes(row.kept.storedBytes),
        estimate(row.estimated.sessions, row.standardError.sessions), whole(row.all.clicks),
        estimate(row.estimated.clicks, row.standardError.clicks), whole(row.all.errors),
        estimate(row.estimated.errors, row.standardError.errors))
      all.sessions += row.all.sessions
      all.kept += row.kept.sessions
      all.stored += row.all.storedBytes
      all.keptStored += row.kept.storedBytes
    }
    var text = table.text
    text +=
      "\(whole(all.kept)) of \(whole(all.sessions)) sessions would stay, \(bytes(all.keptStored)) of \(bytes(all.stored))\n"
    if evaluation.pinned > 0 {
      text += "\(Units.count(UInt64(evaluation.pinned), "session")) pinned and kept in any case\n"
    }
    return text
  }

  static func whole(_ value: Double) -> String { Units.decimal(value, 0) }
  private static func bytes(_ value: Double) -> String { Units.bytes(UInt64(max(0, value))) }
  static func estimate(_ value: Double, _ error: Double) -> String { "\(whole(value)) ± \(whole(error))" }
}
