internal import SegmentFiles

/// Decides on every packed session as a policy would, and adds up what would stay. Changes nothing.
struct PolicyTrial {
  let core: StoreCore
  let policy: Policy

  func run() throws(StoreError) -> PolicyEvaluation {
    let state = core.contents.withLock { $0.catalog }
    let sampling = Sampling(policy, storeSalt: state.samplingSalt)
    let now = core.environment.clock.now()
    var rows = (policy.rules + [policy.otherwise]).map { rule in
      PolicyEvaluation.Row(rule: rule.name, keep: rule.keep, retentionDays: rule.retention.days)
    }
    var places: [String: Int] = [:]
    for (place, row) in rows.enumerated() { places[row.rule] = place }
    var pinned = 0
    var files: [PackFile] = []
    for facts in state.packs where !state.isBeingDestroyed(facts.id) {
      do throws(StoreError) { files.append(try core.packs.pack(facts)) } catch {
        guard error.code == .notFound else { throw error }
      }
    }
    var sweep = try PackSweep(files)
    while let (key, parts) = try sweep.next() {
      guard !state.isErased(key), let summary = core.summary(core.picture(of: key), parts) else { continue }
      let isPinned = state.isPinned(key, at: now)
      if isPinned { pinned += 1 }
      let decision = sampling.decide(
        PolicyFacts(summary), lastReceived: summary.lastReceived.millisecondsSince1970, isPinned: isPinned)
      guard let place = places[decision.rule] else { continue }
      rows[place].all.add(summary, 1)
      guard case .kept(let rate, _) = decision.outcome else { continue }
      rows[place].kept.add(summary, 1)
      rows[place].estimated.add(summary, 1 / rate)
      rows[place].standardError.addVariance(summary, rate)
    }
    for place in rows.indices { rows[place].standardError.takeRoots() }
    return PolicyEvaluation(rows: rows, pinned: pinned)
  }
}

extension Policy.Retention {
  /// Days; nil: for ever.
  var days: Int? { if case .days(let days) = self { days } else { nil } }
}

extension PolicyEvaluation.Sums {
  mutating func add(_ summary: SessionSummary, _ weight: Double) {
    sessions += weight
    events += weight * Double(summary.events)
    clicks += weight * Double(summary.clicks)
    errors += weight * Double(summary.errors)
    rawBytes += weight * Double(summary.rawBytes)
    storedBytes += weight * Double(summary.storedBytes)
  }

  /// The unbiased estimate of the variance of a Horvitz-Thompson total under independent draws: the sum of
  /// (1 - rate) / rate^2 x^2 over what was kept (Horvitz and Thompson, 1952).
  mutating func addVariance(_ summary: SessionSummary, _ rate: Double) {
    let factor = (1 - rate) / (rate * rate)
    func square(_ value: UInt64) -> Double { factor * Double(value) * Double(value) }
    sessions += factor
    events += square(summary.events)
    clicks += square(summary.clicks)
    errors += square(summary.errors)
    rawBytes += square(summary.rawBytes)
    storedBytes += square(summary.storedBytes)
  }

  mutating func takeRoots() {
    sessions = sessions.squareRoot()
    events = events.squareRoot()
    clicks = clicks.squareRoot()
    errors = errors.squareRoot()
    rawBytes = rawBytes.squareRoot()
    storedBytes = storedBytes.squareRoot()
  }
}
