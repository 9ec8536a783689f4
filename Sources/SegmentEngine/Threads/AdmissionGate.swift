internal import SegmentFiles

/// Lets callers in while what is in flight stays within a bound, the others wait in order. Nobody blocks a thread.
final class AdmissionGate: Sendable {
  private struct State {
    var inFlight = 0
    var isHeld = false
    var isClosed = false
    var waiting: [(bytes: Int, continuation: CheckedContinuation<Bool, Never>)] = []

    func admits(_ bytes: Int, limit: Int) -> Bool {
      !isHeld && (inFlight == 0 || inFlight + bytes <= limit)
    }
  }

  private let state = Lock(State())
  private let limit: Int

  /// At most `limit` bytes in flight; a single larger one is let in alone.
  init(limit: Int) { self.limit = max(1, limit) }

  /// Waits until there is room for `bytes`. Throws when the gate was closed.
  func enter(_ bytes: Int) async throws(StoreError) {
    let admitted = await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
      let now = state.withLock { state -> Bool? in
        if state.isClosed { return false }
        if state.waiting.isEmpty, state.admits(bytes, limit: limit) {
          state.inFlight += bytes
          return true
        }
        state.waiting.append((bytes, continuation))
        return nil
      }
      if let now { continuation.resume(returning: now) }
    }
    if !admitted { throw .handleClosed }
  }

  /// Gives back what `enter` let in.
  func leave(_ bytes: Int) {
    admit { $0.inFlight -= bytes }
  }

  /// While held nobody is let in.
  func hold(_ isHeld: Bool) {
    admit { $0.isHeld = isHeld }
  }

  /// Turns everyone away who waits or comes.
  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for caller in waiting { caller.continuation.resume(returning: false) }
  }

  private func admit(_ change: (inout State) -> Void) {
    let admitted = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
      change(&state)
      var admitted: [CheckedContinuation<Bool, Never>] = []
      while let first = state.waiting.first, state.admits(first.bytes, limit: limit) {
        state.inFlight += first.bytes
        admitted.append(first.continuation)
        state.waiting.removeFirst()
      }
      return admitted
    }
    for continuation in admitted { continuation.resume(returning: true) }
  }
}
