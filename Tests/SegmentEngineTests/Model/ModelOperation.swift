import SegmentTestSupport

/// One step of a model run: a value, so that a list of them can be cut down and pasted into a test.
///
/// Sessions are named by slot: when the session of a slot is gone, the slot goes on with a new one. Numbers mean the same
/// whatever stands before them, so that leaving steps out changes the others as little as can be.
enum ModelOperation: Hashable, Sendable {
  /// A batch; its events, window, visitor and form come from the seed. Without a name it has no batch ID.
  case append(slot: Int, events: Int, seed: Int, isSynced: Bool, isNamed: Bool)
  /// Events of so many hours ago, and some with absurd timestamps.
  case appendLate(slot: Int, hours: Int, seed: Int)
  /// Two sessions in one group, the first batch sent twice in it.
  case appendGroup(slot: Int, other: Int, seed: Int)
  /// Invalid events among valid ones.
  case appendInvalid(slot: Int, seed: Int, skips: Bool)
  /// Larger than the limits allow: a batch, or an event.
  case appendTooLarge(slot: Int, isEvent: Bool)
  /// A named batch of the session again, as it was or with other bytes.
  case resend(slot: Int, pick: Int, isChanged: Bool)
  /// A tag; value 0 takes it away. From outside: by a commit to the catalog.
  case tag(slot: Int, tag: Int, value: Int, isOutside: Bool)
  case finish(slot: Int, isOutside: Bool)
  case syncBuffered
  case rotate
  case flush
  case reopen
  /// The process is killed: its locks and memory go, the page cache stays.
  case kill
  /// Hours 0: for good.
  case pin(slot: Int, hours: Int)
  case unpin(slot: Int)
  case policy(Int)
  /// Bit by bit the jobs of `MaintenanceJob`, in the writing process or beside it.
  case maintain(jobs: Int, isForced: Bool, isBeside: Bool)
  /// All recent packs put together.
  case mergeAll
  case adoptDictionary(project: Int)
  case retireDictionaries
  case train(project: Int)
  case erase(slot: Int, isBeside: Bool)
  case eraseVisitor(Int)
  case eraseTag(tag: Int, value: Int)
  case eraseProject(Int)
  case snapshot
  /// Makes a store of the last snapshot, and goes on with it where `moves` is set.
  case restore(moves: Bool)
  case list(seed: Int)
  case read(slot: Int, seed: Int)
  /// A viewer asks for what came since it asked last.
  case poll(slot: Int)
  /// What another process sees of everything.
  case readBeside
  case verify
  case compare
  case advance(hours: Int)
  /// The power goes so many I/O operations from now on.
  case crash(after: Int, fate: Int, seed: Int)
  /// An I/O operation fails once, so many from now on: 0 EIO, 1 ENOSPC, 2 a short write.
  case fault(after: Int, kind: Int)
}

extension ModelOperation: CustomStringConvertible {
  /// As Swift source.
  var description: String { "." + Mirror(reflecting: self).source(of: self) }
}

extension Mirror {
  fileprivate func source(of operation: ModelOperation) -> String {
    guard let child = children.first, let name = child.label else { return Self.bareName(operation) }
    let payload = Mirror(reflecting: child.value)
    guard payload.displayStyle == .tuple else { return "\(name)(\(child.value))" }
    let parts = payload.children.map { part in
      // A label of the position alone is none.
      if let label = part.label, !label.hasPrefix(".") { "\(label): \(part.value)" } else { "\(part.value)" }
    }
    return "\(name)(\(parts.joined(separator: ", ")))"
  }

  private static func bareName(_ operation: ModelOperation) -> String {
    switch operation {
    case .syncBuffered: "syncBuffered"
    case .rotate: "rotate"
    case .flush: "flush"
    case .reopen: "reopen"
    case .kill: "kill"
    case .mergeAll: "mergeAll"
    case .retireDictionaries: "retireDictionaries"
    case .snapshot: "snapshot"
    case .readBeside: "readBeside"
    case .verify: "verify"
    default: "compare"
    }
  }
}
