internal import SegmentFiles

/// What each project has in packs; a pack's directory is read once.
final class ProjectSums: Sendable {
  struct Sum: Sendable {
    var segments = 0
    var rawBytes: UInt64 = 0
    var storedBytes: UInt64 = 0
  }

  /// Not a dictionary alone: its type would be made, and protocols be looked for, whenever a store is opened.
  private struct State {
    var sums: [Identifier: [String: Sum]] = [:]
  }

  private let known = Lock(State())

  /// By pack, and in each by project. A pack that cannot be read counts as empty. Of others only `keeping` stays known.
  func sums(
    _ core: StoreCore, _ packs: [PackFacts], keeping others: ArraySlice<PackFacts>
  ) -> [(pack: PackFacts, projects: [String: Sum])] {
    let before = known.withLock { $0.sums }
    var sums: [Identifier: [String: Sum]] = [:]
    for pack in packs {
      if let sum = before[pack.id] { sums[pack.id] = sum } else { sums[pack.id] = try? Self.read(core, pack) }
    }
    for pack in others { sums[pack.id] = sums[pack.id] ?? before[pack.id] }
    let now = sums
    known.withLock { $0.sums = now }
    return packs.map { ($0, now[$0.id] ?? [:]) }
  }

  private static func read(_ core: StoreCore, _ pack: PackFacts) throws(StoreError) -> [String: Sum] {
    let reader = try DirectoryReader(try core.packs.pack(pack))
    var sums: [String: Sum] = [:]
    while let entry = try reader.next() {
      sums[entry.session.project, default: Sum()].segments += 1
      sums[entry.session.project, default: Sum()].rawBytes += entry.facts.rawBytes
      sums[entry.session.project, default: Sum()].storedBytes += entry.storedBytes
    }
    return sums
  }
}
