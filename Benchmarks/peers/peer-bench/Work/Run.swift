import Foundation
import Peers

/// The whole: phases, peers and rounds, one child after the other, and the report.
struct Run {
  private var options: Options
  private let peers: [String]
  private var figures = Figures()

  init(_ options: Options) throws {
    var options = options
    if options.recordings.isEmpty { options.recordings = "Samples/recordings" }
    if options.work.isEmpty { options.work = ".build-peers/work" }
    guard FileManager.default.fileExists(atPath: options.recordings) else {
      throw BenchError("there is no folder \(options.recordings); name one by --recordings")
    }
    self.options = options
    peers = try PeerList.chosen(options.peers).map { $0.name }
  }

  mutating func run() throws {
    try FileManager.default.createDirectory(atPath: options.work, withIntermediateDirectories: true)
    let machine = Machine(options)
    let began = Ticks.now
    measure()
    for peer in peers { try? Folder.remove("\(options.work)/\(PeerList.key(peer))") }
    let report = Report(
      machine: machine, options: options, peers: peers, figures: figures, minutes: began.seconds / 60)
    print(report.text)
    if options.out.isEmpty { return }
    try report.write(to: options.out)
    say("written to \(options.out)")
  }

  private mutating func measure() {
    ask(.limits, rounds: options.rounds, of: [peers.first ?? PeerList.engine])
    let parts = options.parts
    if parts.contains(.ingest) {
      for clients in [64, 1_000] { ask(.ingest(clients: clients), rounds: options.rounds) }
    }
    if !Set(parts).isDisjoint(with: [.rest, .play, .list, .erase]) {
      ask(.rest, rounds: parts.contains(.rest) ? options.rounds : 1)
    }
    if parts.contains(.rest) {
      ask(.crowd, rounds: options.rounds)
      clear("crowd")
    }
    if parts.contains(.play) { ask(.play, rounds: options.rounds) }
    if parts.contains(.list) { ask(.list, rounds: options.rounds) }
    if parts.contains(.erase) { ask(.erase, rounds: options.rounds) }
    clear("rest")
    if parts.contains(.delete) {
      ask(.days, rounds: 1)
      ask(.delete, rounds: options.rounds)
      clear("days")
    }
    if parts.contains(.open) {
      for count in options.counts {
        ask(.fill(count), rounds: 1)
        for round in 0..<options.rounds {
          ask(.open(count, isCold: true), rounds: 1, from: round)
          ask(.open(count, isCold: false), rounds: 1, from: round)
        }
        clear("tiny-\(count)")
      }
    }
  }

  /// Peers take turns in each round; another one begins each.
  private mutating func ask(_ phase: Phase, rounds: Int, from first: Int = 0, of some: [String]? = nil) {
    let some = some ?? peers
    for round in first..<first + rounds {
      for place in some.indices {
        let peer = some[(place + round) % some.count]
        // Its store is not there, or not whole.
        if figures.failures.contains(where: { $0.peer == peer && phase.needs($0.phase) }) { continue }
        say("\(phase), round \(round + 1), \(phase == .limits ? "the machine" : peer)")
        do {
          let name = phase == .limits ? Figures.machine : peer
          figures.add(try Child.ask(phase, PeerList.key(peer), options, round: round), of: name)
        } catch {
          say("\(peer) failed: \(error)")
          figures.failures.append(.init(peer: peer, phase: phase, round: round, message: "\(error)"))
        }
      }
    }
  }

  private func clear(_ name: String) {
    for peer in peers { try? Folder.remove("\(options.work)/\(PeerList.key(peer))/\(name)") }
  }

  private func say(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }
}

extension Phase {
  /// Whether it uses what another phase makes.
  func needs(_ other: Phase) -> Bool {
    switch self {
    case .play, .list, .erase: other == .rest
    case .delete: other == .days
    case .open(let count, _): other == .fill(count)
    default: false
    }
  }
}
