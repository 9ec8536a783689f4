internal import SegmentFiles

/// A file of written zeros that holds space for what must be done on a full disk: commits that expire and erase.
///
/// Given up when such a commit finds no room, made again when there is some. Its content means nothing.
enum Reserve {
  static let leastBytes: UInt64 = 1 << 20

  /// What it should have: two generations of the catalog, in two copies each, and something besides.
  static func wantedBytes(catalogBytes: UInt64) -> UInt64 { leastBytes + 4 * catalogBytes }

  /// Gives the space back. Returns whether there was any.
  static func release(_ environment: StoreEnvironment, _ layout: Layout) -> Bool {
    guard let facts = try? environment.files.facts(at: layout.reserve), facts.size > 0 else { return false }
    do throws(FileError) {
      let file = try environment.files.open(layout.reserve, .write)
      try file.truncate(to: 0)
      return true
    } catch {
      return false
    }
  }

  /// Makes it as large as it should be, where the volume has room for four times that and `limit` allows it. What fails
  /// is tried again later.
  static func fill(
    _ environment: StoreEnvironment, _ layout: Layout, catalogBytes: UInt64, limit: UInt64 = .max
  ) {
    let wanted = wantedBytes(catalogBytes: catalogBytes)
    let files = environment.files
    do throws(FileError) {
      let size = try files.facts(at: layout.reserve)?.size
      guard size ?? 0 < wanted, wanted <= limit, try files.volume(at: layout.root).freeBytes >= 4 * wanted else {
        return
      }
      let file = try files.open(layout.reserve, size == nil ? .create : .write)
      try Zeros.overwrite(file, (size ?? 0)..<wanted)
      try file.syncData()
    } catch {
      _ = release(environment, layout)
    }
  }
}

extension StoreCore {
  /// Makes the reserve again where it was given up or the catalog has grown.
  func fillReserve() {
    let budget = policy.budgetBytes ?? .max
    guard let bytes = try? environment.files.facts(at: layout.catalog)?.size else { return }
    Reserve.fill(environment, layout, catalogBytes: bytes, limit: budget / 16)
  }
}
