import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// The files of a small store of which everything is known: every kind of file of FORMAT.md, and what must be read of it.
/// Made by the engine on a simulated disk, the same to the byte each time.
struct ReferenceStore: Sendable {
  struct Session: Sendable {
    /// As they came, in order of sequence.
    var lines: [String] = []
    var windows: [String] = []
    var tags: [String: String] = [:]
    var visitor = ""
    var isFinished = false
    var isPinned = false
    /// Sequences that were lost before the store was what it is; the lines are the others.
    var lost: Range<UInt64>?

    var text: String { lines.reduce(into: "") { $0 += $1 + "\n" } }
  }

  /// By names relative to the store.
  var files: [String: [UInt8]] = [:]
  /// What is to be read; those that were erased or let go are not in it.
  private(set) var sessions: [SessionKey: Session] = [:]

  /// The moment at which it is looked at, milliseconds since 1970.
  static let now = 1_700_009_000_000.0
  /// The first event.
  static let base = 1_700_000_000_000.0
  static let seed: UInt64 = 17

  static let alice = SessionKey(project: "shop", id: "alice")
  static let bob = SessionKey(project: "shop", id: "bob")
  static let carol = SessionKey(project: "blog", id: "carol")
  static let pinned = SessionKey(project: "shop", id: "pinned")
  static let erased = SessionKey(project: "shop", id: "erased")
  static let dropped = SessionKey(project: "dropped", id: "d")

  static var configuration: Configuration {
    var configuration = SimulatedStore.configuration
    configuration.journalBytesAhead = 0
    configuration.recentBlockBytes = 600
    configuration.archiveBlockBytes = 900
    configuration.trainsDictionaries = false
    return configuration
  }

  /// The stores that fixtures are made of.
  enum Kind: String, CaseIterable, Sendable {
    /// Every kind of file, closed in order but for the journal in use.
    case reference
    /// The writer was killed within a write: a journal without a seal and with a torn tail, and one kept aside.
    case killed
    /// The power went while a session was erased: the catalog says what to overwrite, and not all of it was.
    case erasing
  }

  init(_ kind: Kind) throws {
    var life = try ReferenceLife()
    switch kind {
    case .reference: files = try life.every()
    case .killed: files = try life.killed()
    case .erasing: files = try life.erasing()
    }
    sessions = life.sessions
  }

  /// A store of these files on a disk of its own, and without those that are given as nil.
  func onDisk(replacing other: [String: [UInt8]?] = [:]) throws -> SimulatedStore {
    let disk = SimulatedDisk(seed: Self.seed)
    let process = disk.process()
    for folder in [SimulatedStore.root] + SimulatedStore.layout.folders { try process.createDirectory(folder) }
    var changed = files
    for (name, bytes) in other { changed[name] = bytes }
    for (name, bytes) in changed { try disk.setContents("\(SimulatedStore.root)/\(name)", bytes) }
    return SimulatedStore(disk, seed: Self.seed, clock: ManualClock(now: Self.now))
  }

  func names(in folder: String) -> [String] { files.keys.filter { $0.hasPrefix(folder + "/") }.sorted() }
}

extension SimulatedStore {
  /// A reader with the reference store's configuration.
  func openReference() throws(StoreError) -> StoreCore {
    try StoreCore.openForReading(Self.layout, ReferenceStore.configuration, environment(90))
  }
}
