extension DiskState {
  /// The disk as it is found after the power went now: what survived is durable, and nobody uses it.
  func afterPowerLoss(_ fate: Fate, seed: UInt64) -> DiskState {
    var found = DiskState(seed: seed)
    found.settings = settings
    found.nodes = nodes
    found.settle(names: survivingNames(fate, &found.random))
    let reachable = found.reachableNodes()
    var replay = ContentReplay(
      fate, garblesWholeSectors: settings.garblesWholeSectors, random: SplitMix64(seed: found.random.next()))
    for index in nodes.indices {
      guard reachable[index] else {
        // The number stays taken, as inode numbers must not come back to name something else.
        found.nodes[index] = DiskNode(isDirectory: false)
        continue
      }
      let image = replay.survivor(durable: nodes[index].durable, pending: nodes[index].pending)
      found.nodes[index].current = image
      found.nodes[index].durable = image
      found.nodes[index].pending = []
      found.usedPages += image.allocatedPages
    }
    return found
  }

  /// The same files and names with the same parts unsynced, without processes, locks, faults, log, crash point.
  func cloned() -> DiskState {
    var copy = self
    for handle in handles.keys.sorted() { copy.closeHandle(handle) }
    copy.holds = [:]
    copy.killedProcesses = []
    copy.faults = []
    copy.isLogging = false
    copy.log = []
    copy.crashPoint = nil
    copy.isCrashed = false
    copy.turns = nil
    return copy
  }

  /// Those of the unsynced name changes that reached the disk, in order.
  private func survivingNames(_ fate: Fate, _ random: inout SplitMix64) -> [NameChange] {
    switch fate {
    case .drop: return []
    case .keep, .garble, .tear4096, .tear512: return pendingNames
    case .random:
      switch random.below(4) {
      case 0: return []
      case 1: return pendingNames
      case 2: return prefixOfEachDirectory(&random)
      default: return legalSubset(&random)
      }
    }
  }

  /// In each directory all up to some point; a change of two directories counts in both.
  private func prefixOfEachDirectory(_ random: inout SplitMix64) -> [NameChange] {
    var counts: [Int: Int] = [:]
    for change in pendingNames {
      for directory in Set(change.entries.map(\.directory)) { counts[directory, default: 0] += 1 }
    }
    var left: [Int: Int] = [:]
    for directory in counts.keys.sorted() { left[directory] = random.below((counts[directory] ?? 0) + 1) }
    return pendingNames.filter { change in
      let directories = Set(change.entries.map(\.directory))
      guard directories.allSatisfy({ left[$0] ?? 0 > 0 }) else {
        for directory in directories { left[directory] = 0 }
        return false
      }
      for directory in directories { left[directory, default: 0] -= 1 }
      return true
    }
  }

  /// Any of them, except that changes of one name, or of one file within a directory, keep their order: none of
  /// them is there without those before it.
  private func legalSubset(_ random: inout SplitMix64) -> [NameChange] {
    struct Key: Hashable {
      var directory: Int
      var name: String?
      var node: Int?
    }
    var lost: Set<Key> = []
    return pendingNames.filter { change in
      let keys = change.entries.flatMap { entry in
        [Key(directory: entry.directory, name: entry.name)]
          + change.nodes.map { Key(directory: entry.directory, node: $0) }
      }
      let isKept = random.once(in: 2)
      if isKept, lost.isDisjoint(with: keys) { return true }
      lost.formUnion(keys)
      return false
    }
  }

  /// Makes the durable names, with these changes, the names of all directories.
  private mutating func settle(names changes: [NameChange]) {
    for change in changes { makeDurable(change) }
    for index in nodes.indices {
      nodes[index].entries = nodes[index].durableEntries
      nodes[index].links = 0
      nodes[index].durableLinks = 0
      nodes[index].handles = 0
    }
  }

  /// Marks all that has a name on the way from the root, and counts those names.
  private mutating func reachableNodes() -> [Bool] {
    var marks = [Bool](repeating: false, count: nodes.count)
    var waiting = [Self.root]
    marks[Self.root] = true
    nodes[Self.root].links = 1
    while let directory = waiting.popLast() {
      for node in nodes[directory].entries.values {
        nodes[node].links += 1
        nodes[node].durableLinks += 1
        if marks[node] { continue }
        marks[node] = true
        if nodes[node].isDirectory { waiting.append(node) }
      }
    }
    return marks
  }
}
