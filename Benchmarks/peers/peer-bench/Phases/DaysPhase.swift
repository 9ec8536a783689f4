import Foundation
import Peers

/// Makes the store that has a day to let go: all recordings, spread over ten days.
struct DaysPhase {
  let context: PhaseContext

  static let days = 10

  init(_ context: PhaseContext) { self.context = context }

  static func folder(_ context: PhaseContext) -> String { context.store("days") }

  /// All recordings, with the times of day 0.
  static func recordings(_ context: PhaseContext) throws -> [Recording] {
    let recordings = try context.recordings()
    return recordings.training + recordings.measured
  }

  /// The sessions of a day, from all recordings.
  static func sessions(_ recordings: [Recording], day: Int) -> [[Batch]] {
    stride(from: day, to: recordings.count, by: days).map { place in
      Dating.moved(recordings[place], by: day).batches(as: recordings[place].name, day: day)
    }
  }

  func run() throws -> [String: Double] {
    let recordings = try Self.recordings(context)
    let folder = Self.folder(context)
    try Folder.fresh(folder)
    let peer = try context.peer.open(folder)
    for day in 0..<Self.days { _ = try Loads.whole(Self.sessions(recordings, day: day)).run(on: peer) }
    try peer.settle()
    try peer.close()
    return [:]
  }
}
