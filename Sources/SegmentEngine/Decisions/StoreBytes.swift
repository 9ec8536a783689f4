internal import SegmentFiles

/// What a store takes on its volume: every file in its folders, by the space that is really allocated, so that holes count
/// for nothing and space written ahead for what it is.
enum StoreBytes {
  static func measure(_ environment: StoreEnvironment, _ layout: Layout) throws(StoreError) -> UInt64 {
    try inStore(layout) { () throws(FileError) in
      var bytes: UInt64 = 0
      for folder in [layout.root] + layout.folders {
        // Folders of a store that an older engine made may be missing.
        guard try environment.files.facts(at: folder) != nil else { continue }
        for name in try environment.files.list(folder) {
          guard let facts = try environment.files.facts(at: "\(folder)/\(name)"), facts.kind == .file else { continue }
          bytes += facts.allocated
        }
      }
      return bytes
    }
  }
}

/// What each project takes: its segments in packs, its batches in journals, its dictionaries.
final class ProjectBytes: Sendable {
  private struct Known: Sendable {
    var erased: PackFacts.Erased
    var sums: [ExactName: UInt64]
  }

  /// As in `ProjectSums`.
  private struct State {
    var packs: [Identifier: Known] = [:]
  }

  private let known = Lock(State())

  /// Reads the directories of packs that came, or were erased from, since it was asked last. A pack that cannot be read
  /// counts for nobody.
  func measure(_ core: StoreCore) throws(StoreError) -> [ExactName: UInt64] {
    let (state, live) = core.contents.withLock { ($0.catalog, $0.live.sessions) }
    let before = known.withLock { $0.packs }
    var now: [Identifier: Known] = [:]
    var total: [ExactName: UInt64] = [:]
    for pack in state.packs {
      if let found = before[pack.id], found.erased == pack.erased {
        now[pack.id] = found
      } else {
        now[pack.id] = Known(erased: pack.erased, sums: (try? Self.read(core, pack)) ?? [:])
      }
      for (name, bytes) in now[pack.id]?.sums ?? [:] { total[name, default: 0] += bytes }
    }
    for (key, session) in live {
      total[ExactName(key.project), default: 0] += session.parts.reduce(0) { $0 + $1.storedBytes }
    }
    for dictionary in state.dictionaries {
      total[ExactName(dictionary.project), default: 0] += 2 * dictionary.fileBytes
    }
    let measured = now
    known.withLock { $0.packs = measured }
    return total
  }

  private static func read(_ core: StoreCore, _ pack: PackFacts) throws(StoreError) -> [ExactName: UInt64] {
    let reader = try DirectoryReader(try core.packs.pack(pack))
    var sums: [ExactName: UInt64] = [:]
    while let entry = try reader.next() {
      sums[ExactName(entry.session.project), default: 0] += entry.length + UInt64(reader.entry.count)
    }
    return sums
  }
}
