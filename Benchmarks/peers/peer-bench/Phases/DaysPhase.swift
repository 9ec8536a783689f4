import Foundation
import Peers

/// Makes the store that has a day to let go: ten days of the same recordings under different names.
struct DaysPhase {
  let context: PhaseContext

  static let days = 10

  init(_ context: PhaseContext) { self.context = context }

  static func folder(_ context: PhaseContext) -> String { context.store("days") }

  /// The sessions of a day, from the recordings of day 0.
  static func sessions(_ recordings: [Recording], day: Int) -> [[Batch]] {
    recordings.map { recording in
      Dating.moved(recording, by: day).batches(as: "\(recording.site)-\(recording.number + 10_000 * (day + 1))", day: day)
    }
  }

  func run() throws -> [String: Double] {
    let recordings = try context.recordings().measured
    let folder = Self.folder(context)
    try Folder.fresh(folder)
    let peer = try context.peer.open(folder)
    for day in 0..<Self.days { _ = try Loads.whole(Self.sessions(recordings, day: day)).run(on: peer) }
    try peer.settle()
    try peer.close()
    return [:]
  }
}
