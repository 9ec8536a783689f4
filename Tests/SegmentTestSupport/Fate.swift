/// What becomes of everything that was not synced when the power goes. See `SimulatedDisk` for the fault model.
package enum Fate: String, CaseIterable, Sendable {
  /// All of it is lost: names, sizes and content.
  case drop
  /// All of it had reached the disk.
  case keep
  /// Names and sizes are kept; unsynced sectors hold random bytes, all of them or some.
  case garble
  /// Names are kept; of unsynced writes a prefix is, cut where a 4,096-byte page ends.
  case tear4096
  /// As `tear4096`, cut where a sector of 512 bytes ends.
  case tear512
  /// Each name operation, sector and size draws its own lot.
  case random
}
