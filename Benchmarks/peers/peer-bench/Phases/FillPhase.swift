import Foundation
import Peers

/// Makes a store of many tiny sessions, day by day, by a thousand clients at once.
struct FillPhase {
  let context: PhaseContext
  let sessions: TinySessions

  private static let clients = 1_000

  init(_ context: PhaseContext, _ count: Int) {
    self.context = context
    sessions = TinySessions(count: count)
  }

  static func folder(_ context: PhaseContext, _ count: Int) -> String { context.store("tiny-\(count)") }

  func run() throws -> [String: Double] {
    let folder = Self.folder(context, sessions.count)
    try Folder.fresh(folder)
    let began = Ticks.now
    let peer = try context.peer.open(folder)
    var raw = 0
    for day in 0..<TinySessions.days {
      let numbers = sessions.numbers(ofDay: day)
      let count = min(Self.clients, numbers.count)
      let clients = Clients(count: count) { [sessions] client, turn in
        let place = client + count * (turn / 2)
        return place < numbers.count ? sessions.batch(numbers.lowerBound + place, turn % 2) : nil
      }
      raw += try clients.run(on: peer).rawBytes
    }
    try peer.settle()
    try peer.close()
    let count = Double(sessions.count)
    return [
      "open\(sessions.count).fill": began.seconds,
      "open\(sessions.count).bytes": try Space.allocated(folder) / count,
    ]
  }
}
