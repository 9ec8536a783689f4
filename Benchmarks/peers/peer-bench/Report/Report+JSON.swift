import Foundation

extension Report {
  private struct Document: Encodable {
    struct Peer: Encodable {
      var name: String
      var settings: [String]
      var notes: [String]
    }
    struct Limit: Encodable {
      var title: String
      var unit: String
      var values: [Double]
    }
    struct Cell: Encodable {
      var median: Double
      var min: Double
      var max: Double
      var values: [Double]
    }
    struct Row: Encodable {
      var part: String
      var title: String
      var unit: String
      var better: Metric.Direction
      var cells: [String: Cell]
      var winner: String?
      var bestPeer: String?
      var engineToBestPeer: Double?
      var goal: String?
      var verdict: Report.RowVerdict?
      var reachesAim: Bool?
    }
    struct Failure: Encodable {
      var peer: String
      var phase: String
      var round: Int
      var message: String
    }

    var version = 1
    var machine: Machine
    var isQuick: Bool
    var rounds: Int
    var minutes: Double
    var peers: [Peer]
    var limits: [Limit]
    var rows: [Row]
    var failures: [Failure]
  }

  typealias RowVerdict = Row.Verdict

  /// Everything, for programs: each row with the values of all rounds.
  var json: String {
    get throws {
      let document = Document(
        machine: machine, isQuick: options.isQuick, rounds: options.rounds, minutes: minutes,
        peers: setups.map { .init(name: $0.name, settings: $0.settings, notes: $0.notes) },
        limits: limits.map { .init(title: $0.title, unit: $0.unit, values: $0.spread.values) },
        rows: rows.map { row in
          .init(
            part: row.metric.part, title: row.metric.title, unit: row.metric.unit, better: row.metric.better,
            cells: row.cells.mapValues { .init(median: $0.median, min: $0.lowest, max: $0.highest, values: $0.values) },
            winner: row.winner, bestPeer: row.rival, engineToBestPeer: row.ratio,
            goal: row.goal.isEmpty ? nil : row.goal, verdict: row.verdict, reachesAim: row.reachesAim)
        },
        failures: failures.map {
          .init(peer: $0.peer, phase: $0.phase.description, round: $0.round + 1, message: $0.message)
        })
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }
  }
}
