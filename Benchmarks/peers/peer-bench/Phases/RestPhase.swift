import Foundation
import Peers

/// What sessions take when everything is in its final form: sessions of a day long past teach the store what it can
/// learn, those of a later day are measured when the old day is gone. The store stays for other phases.
struct RestPhase {
  let context: PhaseContext
  /// How many names each measured recording is stored under.
  var copies = 1

  /// How many where there are to be more sessions. Under another name a recording compresses no better, unless a
  /// dictionary was made of it (see `EnginePeer.train`), or one block holds it twice, to the good of who has large ones.
  static let crowd = 4

  /// The day of the sessions that are measured.
  static let day = 9

  init(_ context: PhaseContext, copies: Int = 1) {
    self.context = context
    self.copies = copies
  }

  /// The sessions that the store holds in the end.
  static func sessions(_ context: PhaseContext, copies: Int = 1) throws -> [[Batch]] {
    let recordings = try context.recordings(day: day).measured
    return (0..<copies).flatMap { copy in
      recordings.map { $0.batches(as: "\($0.site)-\($0.number + 10_000 * copy)", day: day) }
    }
  }

  static func folder(_ context: PhaseContext) -> String { context.store("rest") }

  func run() throws -> [String: Double] {
    let training = try context.recordings().training
    let measured = try Self.sessions(context, copies: copies)
    let name = copies == 1 ? "rest" : "crowd"
    let folder = context.store(name)
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
    guard try again.sessions(ofDay: 0).isEmpty else {
      throw BenchError("sessions of the day that was deleted are listed")
    }
    try ListingCheck.check(try again.sessions(ofDay: Self.day), measured)
    try again.close()
    let raw = Double(outcome.rawBytes)
    return [
      "\(name).bytes": bytes / raw * 1e3, "\(name).cpu": used.cpu / (raw / 1e9), "\(name).written": used.written / raw,
      "\(name).taken": bytes, "\(name).raw": raw,
    ]
  }
}
