import Peers

/// The sessions of a day, of the store that the phase `rest` left.
struct ListPhase {
  let context: PhaseContext

  init(_ context: PhaseContext) { self.context = context }

  func run() throws -> [String: Double] {
    let sessions = try RestPhase.sessions(context)
    let peer = try context.peer.open(RestPhase.folder(context))
    try ListingCheck.check(try peer.sessions(ofDay: RestPhase.day), sessions)
    var taken: [Double] = []
    for _ in 0..<context.options.listings {
      let began = Ticks.now
      let listing = try peer.sessions(ofDay: RestPhase.day)
      taken.append(began.seconds)
      guard listing.count == sessions.count else { throw BenchError("a listing lacks sessions") }
    }
    try peer.close()
    return ["list.each": Quantile.median(taken) * 1e6 / Double(sessions.count)]
  }
}
