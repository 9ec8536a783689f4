internal import SegmentFiles

/// A flush asked for from another process than the one that writes: by a commit to the catalog that the writer answers,
/// or, where nobody writes, by taking the writer lock and doing it.
struct FlushRequest {
  let core: StoreCore

  init(_ core: StoreCore) { self.core = core }

  /// How long to wait for the writer, in steps of `pause`, nanoseconds.
  private static let patience: UInt64 = 120_000_000_000
  private static let pause: UInt64 = 20_000_000

  /// Blocks until what was in journals when it was called is in packs. Throws `.overloaded` where the writer does not
  /// answer in two minutes.
  func run() throws(StoreError) {
    let clock = core.environment.clock
    let deadline = clock.monotonic() + Self.patience
    var wanted: Set<Identifier>?
    while true {
      if try !core.isBeingWritten() {
        do {
          try flushHere()
          try core.refreshAll()
          return
        } catch  where error.code == .locked {
          // Someone began to write just now; ask them.
        }
      }
      if wanted == nil {
        let now = clock.now()
        let state = try core.catalog.commit { state in state.journals.isEmpty ? [] : [.requestFlush(time: now)] }
        wanted = Set(state.journals.map(\.id))
      }
      try core.refreshAll()
      let left = Set(core.catalog.state.journals.map(\.id)).intersection(wanted ?? [])
      if left.isEmpty { return }
      guard clock.monotonic() < deadline else {
        throw StoreError(
          .overloaded, "the writing process did not answer the request to flush within two minutes", isRetryable: true)
      }
      clock.pause(nanoseconds: Self.pause)
    }
  }

  private func flushHere() throws(StoreError) {
    let writer = try StoreWriter.open(core.layout, core.configuration, core.environment)
    do throws(StoreError) {
      let found = try writer.poll()
      if found.hasEdits, case .failure(let error)? = writer.commit([]).first { throw error }
      try writer.rotate()
      try writer.flush()
    } catch {
      try? writer.close()
      throw error
    }
    try writer.close()
  }
}
