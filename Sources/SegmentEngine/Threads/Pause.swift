internal import SegmentFiles

extension EngineClock {
  /// Blocks the thread for so many nanoseconds. Never on the cooperative thread pool.
  func pause(nanoseconds: UInt64) {
    Monitor(()).wait(while: { _ in true }, until: monotonic() + nanoseconds) { _, _ in }
  }
}
