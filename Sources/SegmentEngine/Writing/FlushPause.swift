/// Whether a flush that is due begins, or waits for a pause between commits. A flush takes processor time that those who wait for
/// their commits want too, and nobody waits for it: a burst is acknowledged sooner, and what came in it makes one pack
/// instead of several.
struct FlushPause {
  /// How often it is looked whether there is a pause, which is as long without a commit; nanoseconds.
  static let interval: UInt64 = 50_000_000
  /// After so many looks, 2 s, a flush begins though commits do not pause.
  static let mostLooks = 40

  private var looks = 0
  private var groups: UInt64?

  /// One look: how many groups were committed by now, how many journals wait to be flushed, and above how many of them
  /// batches are held. True where the flush should begin: there was no commit since the last look, half as many journals
  /// wait as may, or it has waited long enough.
  mutating func isOver(groups: UInt64, waiting: Int, limit: Int) -> Bool {
    if waiting > limit / 2 || looks == Self.mostLooks || groups == self.groups { return true }
    self.groups = groups
    looks += 1
    return false
  }
}
