import Foundation
import Peers

/// Lets the oldest of ten days go, in a copy of the store that the phase `days` made.
struct DeletePhase {
  let context: PhaseContext

  /// How long the space is waited for, seconds.
  private static let patience = 10.0

  init(_ context: PhaseContext) { self.context = context }

  func run() throws -> [String: Double] {
    let recordings = try DaysPhase.recordings(context)
    let folder = context.store("delete")
    try Folder.copy(DaysPhase.folder(context), to: folder)
    defer { try? Folder.remove(folder) }
    let peer = try context.peer.open(folder)
    // What the copy wrote must not be on its way to the disk meanwhile.
    sync()
    let taken = try Space.allocated(folder)
    let free = try Space.free(folder)
    let before = try ProcessCounters.now()
    let began = Ticks.now
    try peer.deleteDay(0)
    let returned = began.milliseconds
    let back = try spaceBack(folder, taken: taken, free: free, began)
    let called = try ProcessCounters.now().since(before)
    try peer.settle()
    let settled = try ProcessCounters.now().since(before)
    let left = try Space.allocated(folder) + Space.held()
    guard try peer.sessions(ofDay: 0).isEmpty else {
      throw BenchError("sessions of the day that was deleted are listed")
    }
    for day in [1, DaysPhase.days - 1] {
      let sessions = DaysPhase.sessions(recordings, day: day)
      try ListingCheck.check(try peer.sessions(ofDay: day), sessions)
      if let session = sessions.first, let ref = session.first?.session, let last = session.map(\.last).max() {
        try PlayCheck.check(session, at: last, try peer.play(ref, at: last))
      }
    }
    try peer.close()
    func raw(_ days: Range<Int>) -> Double {
      Double(days.flatMap { DaysPhase.sessions(recordings, day: $0) }.joined().reduce(0) { $0 + $1.bytes.count })
    }
    let share = raw(0..<1) / raw(0..<DaysPhase.days)
    var figures = [
      "delete.returns": returned, "delete.written": called.written / 1e3, "delete.settled": settled.written / 1e3,
      "delete.freed": (taken - left) / (taken * share) * 100, "delete.bytes": (taken - left) / 1e6,
    ]
    // Where others write more than is freed the file system does not show it.
    if let back { figures["delete.space"] = back }
    return figures
  }

  /// When the file system has as much more room as the store takes less, nine tenths of it at least, milliseconds.
  private func spaceBack(_ folder: String, taken: Double, free: Double, _ began: Ticks) throws -> Double? {
    while began.seconds < Self.patience {
      let now = try Space.free(folder)
      let moment = began.milliseconds
      let gone = taken - (try Space.allocated(folder)) - Space.held()
      if gone > 0, now - free >= 0.9 * gone { return moment }
      usleep(1_000)
    }
    return nil
  }
}
