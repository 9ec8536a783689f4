import Peers

/// What a child process does.
enum Phase: Sendable, Hashable, CustomStringConvertible {
  /// Measures nothing else but what the machine can do.
  case limits
  case ingest(clients: Int)
  /// Makes the store that play, list and erase use, and measures it.
  case rest
  /// Measures one with several times as many sessions.
  case crowd
  case play
  case list
  /// Makes the store of ten days.
  case days
  case delete
  case erase
  /// Makes a store of so many tiny sessions.
  case fill(Int)
  /// Opens it, with the system's cache as it is, or emptied before.
  case open(Int, isCold: Bool)

  var description: String {
    switch self {
    case .limits: "limits"
    case .ingest(let clients): "ingest-\(clients)"
    case .rest: "rest"
    case .crowd: "crowd"
    case .play: "play"
    case .list: "list"
    case .days: "days"
    case .delete: "delete"
    case .erase: "erase"
    case .fill(let count): "fill-\(count)"
    case .open(let count, let isCold): "\(isCold ? "cold" : "open")-\(count)"
    }
  }

  init?(_ text: String) {
    let parts = text.split(separator: "-").map(String.init)
    switch (parts.first, parts.count > 1 ? Int(parts[1]) : nil) {
    case ("limits", nil): self = .limits
    case ("rest", nil): self = .rest
    case ("crowd", nil): self = .crowd
    case ("play", nil): self = .play
    case ("list", nil): self = .list
    case ("days", nil): self = .days
    case ("delete", nil): self = .delete
    case ("erase", nil): self = .erase
    case ("ingest", let clients?): self = .ingest(clients: clients)
    case ("fill", let count?): self = .fill(count)
    case ("open", let count?): self = .open(count, isCold: false)
    case ("cold", let count?): self = .open(count, isCold: true)
    default: return nil
    }
  }
}

/// What a phase has to work with.
struct PhaseContext {
  var options: Options
  var peer: any Peer.Type
  /// The peer's own folder.
  var folder: String
  var round: Int

  var isQuick: Bool { options.isQuick }

  /// The folder of one of its stores.
  func store(_ name: String) -> String { "\(folder)/\(name)" }

  /// The recordings, with the times of a day.
  func recordings(day: Int = 0) throws -> Recordings {
    Recordings(try RecordingFolder.load(options.recordings, day: day))
  }

  /// Figures of the phase, by the name of their metric.
  func run(_ phase: Phase) throws -> [String: Double] {
    switch phase {
    case .limits: try LimitsPhase(self).run()
    case .ingest(let clients): try IngestPhase(self, clients: clients).run()
    case .rest: try RestPhase(self).run()
    case .crowd: try RestPhase(self, copies: RestPhase.crowd).run()
    case .play: try PlayPhase(self).run()
    case .list: try ListPhase(self).run()
    case .days: try DaysPhase(self).run()
    case .delete: try DeletePhase(self).run()
    case .erase: try ErasePhase(self).run()
    case .fill(let count): try FillPhase(self, count).run()
    case .open(let count, let isCold): try OpenPhase(self, count, isCold: isCold).run()
    }
  }
}
