internal import SegmentFiles

/// How a store stands against its budgets and its floor of free space.
struct Pressure: Sendable, Equatable {
  /// What the store takes.
  var bytes: UInt64 = 0
  var budget: UInt64?
  /// Free on the volume, and how much should be.
  var freeBytes: UInt64 = .max
  var floor: UInt64 = 0
  /// Bytes of slack above the budget up to which batches are taken while things are let go.
  var slack: UInt64 = 0

  /// Bytes that should be freed now.
  var excess: UInt64 {
    max(budget.map { bytes - min(bytes, $0) } ?? 0, floor - min(floor, freeBytes))
  }

  /// Why a batch of so many bytes is not taken; nil where it is.
  func refusal(adding more: UInt64) -> StoreError? {
    if let budget, bytes + more > budget + slack {
      return StoreError(
        .budgetExceeded,
        "the store takes \(bytes) bytes of a budget of \(budget), and nothing more has been let go yet or may be; raise the budget, shorten retention or unpin sessions",
        isRetryable: true)
    }
    if freeBytes < floor / 2 {
      return StoreError(
        .budgetExceeded,
        "only \(freeBytes) bytes are free on the volume, less than half the floor of \(floor); make room, or lower freeBytes in the policy",
        isRetryable: true)
    }
    return nil
  }
}

extension StoreCore {
  /// Measures it. Without a policy there is neither budget nor floor, and nothing is looked at.
  func pressure() throws(StoreError) -> Pressure {
    let state = contents.withLock { $0.catalog }
    guard state.policy != nil else { return Pressure() }
    let policy = policy(of: state)
    let volume = try inStore(layout) { () throws(FileError) in try environment.files.volume(at: layout.root) }
    return Pressure(
      bytes: policy.budgetBytes == nil ? 0 : try StoreBytes.measure(environment, layout), budget: policy.budgetBytes,
      freeBytes: volume.freeBytes,
      // A floor that the volume could never keep would stop everything.
      floor: min(policy.freeBytes, volume.totalBytes / 4),
      slack: UInt64(max(0, configuration.packBytes)) / 4)
  }
}

/// What a process knows of the pressure: measured now and then, and after sessions were let go for it; with what was
/// written since on top.
final class PressureGauge: Sendable {
  private struct State {
    var measured: Pressure?
    var since: UInt64 = 0
  }

  private let state = Lock(State())

  /// Measures where that was never done: opening leaves it to who needs it first.
  func measureOnce(_ core: StoreCore) throws(StoreError) {
    if state.withLock({ $0.measured == nil }) { _ = try measure(core) }
  }

  /// Measures anew. Returns whether something should be let go.
  func measure(_ core: StoreCore) throws(StoreError) -> Bool {
    let before = state.withLock { $0.since }
    let pressure = try core.pressure()
    // What is written meanwhile counts on, even where it was measured already.
    state.withLock { $0 = State(measured: pressure, since: $0.since - min($0.since, before)) }
    return pressure.excess > 0
  }

  func add(_ bytes: UInt64) { state.withLock { $0.since += bytes } }

  /// Why a batch of so many bytes is not taken; nil where it is, and before anything was measured.
  func refusal(adding bytes: UInt64) -> StoreError? {
    let (pressure, since) = state.withLock { ($0.measured, $0.since) }
    return pressure?.refusal(adding: since + bytes)
  }
}
