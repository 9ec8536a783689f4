import Foundation
import Peers

/// What sessions take when everything is in its final form: sessions of a day long past teach the store what it can learn, those
/// of a later day are measured when the old day is gone. The store stays for other phases.
struct RestPhase {
  let context: PhaseContext

  /// The day of the sessions that are measured.
  static let day = 9

  init(_ context: PhaseContext) { self.context = context }

  /// The sessions that the store holds in the end.
  static func sessions(_ context: PhaseContext) throws -> [[Batch]] {
    try context.recordings(day: day).measured.map { $0.batches(as: $0.name, day: day) }
  }

  static func folder(_ context: PhaseContext) -> String { context.store("rest") }

  func run() throws -> [String: Double] {
    let training = try context.recordings().training
    let measured = try Self.sessions(context)
    let folder = Self.folder(context)
    try Folder.fresh(folder)
    let peer = try context.peer.open(folder)
    _ = try Loads.whole(training.map { $0.batches(as: $0.name, day: 0) }).run(on: peer)
    try peer.settle()
    try peer.train(training.map(Loads.sample))
    let before = try ProcessCounters.now()
    let outcome = try Loads.whole(measured).run(on: peer)
    try peer.deleteDay(0)
    try peer.settle()
    let used = try ProcessCounters.now().since(before)
    try peer.close()
    sync()
    let bytes = try Space.allocated(folder)
    let again = try context.peer.open(folder)
    guard try again.sessions(ofDay: 0).isEmpty else { throw BenchError("sessions of the day that was deleted are listed") }
    try ListingCheck.check(try again.sessions(ofDay: Self.day), measured)
    try again.close()
    let raw = Double(outcome.rawBytes)
    return [
      "rest.bytes": bytes / raw * 1e3, "rest.cpu": used.cpu / (raw / 1e9), "rest.written": used.written / raw,
      "rest.raw": raw / 1e6,
    ]
  }
}
