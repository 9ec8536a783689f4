internal import Logging
internal import SegmentFiles

/// A file of written zeros that holds space for what must be done on a full disk: commits that expire and erase.
///
/// Given up when such a commit finds no room, made again when there is some. Its content means nothing.
enum Reserve {
  static let leastBytes: UInt64 = 256 << 10
  /// At most so much is for lists of sessions that go: what a full disk needs gone first goes in several commits.
  private static let mostListBytes: UInt64 = 1 << 20

  /// What it should have: two generations of the catalog (whose file holds each page twice), lists of the sessions that may
  /// have to go, and something besides.
  static func wantedBytes(catalogBytes: UInt64, segments: UInt64) -> UInt64 {
    leastBytes + 2 * catalogBytes + min(mostListBytes, UInt64(GoneList.entrySize) * min(segments, mostListBytes))
  }

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

  /// Makes it as large as it should be, where the volume has room for four times that and `limit` allows it; gives back
  /// what is more than twice that. What fails is tried again later.
  static func fill(
    _ environment: StoreEnvironment, _ layout: Layout, wanted: UInt64, limit: UInt64 = .max
  ) {
    let files = environment.files
    do throws(FileError) {
      let size = try files.facts(at: layout.reserve)?.size
      if let size, size > 2 * wanted {
        try files.open(layout.reserve, .write).truncate(to: wanted)
        return
      }
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
  /// Gives back what the commits since the catalog's last generation take, and makes the reserve again where it was given
  /// up or the catalog has grown. What fails is reported and tried again after the next maintenance.
  func settleRoom() {
    do throws(StoreError) { try catalog.shrink() } catch {
      logger?.warning("the catalog could not be written anew", metadata: ["error": "\(error)"])
    }
    let budget = policy.budgetBytes ?? .max
    let state = catalog.state
    guard let bytes = try? environment.files.facts(at: layout.catalog)?.size else { return }
    let segments = state.packs.reduce(0) { $0 + $1.liveSegments }
    Reserve.fill(
      environment, layout, wanted: Reserve.wantedBytes(catalogBytes: bytes, segments: segments), limit: budget / 16)
  }
}
