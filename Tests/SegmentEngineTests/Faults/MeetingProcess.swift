import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// A process of its own at a store that two share, and what it can commit.
final class MeetingProcess: Sendable {
  enum Work: String, CaseIterable, Sendable {
    /// The journal is sealed and flushed: two commits, and files that come and go.
    case flush
    /// A session gets a tag.
    case tag
    /// The catalog is written anew, and what it was is overwritten.
    case renewal
    /// Packs are put together.
    case merge

    /// Whether only the process that ingests can do it.
    var isWriting: Bool { self == .flush }
  }

  let files: SimulatedFileSystem
  let core: StoreCore
  private let writer: StoreWriter?
  let name: String

  /// A process that ingests, or one beside it.
  init(_ store: SimulatedStore, _ number: UInt32, isWriting: Bool) throws {
    var environment = store.environment(number)
    let files = store.disk.process()
    environment.files = files
    self.files = files
    name = "p\(number)"
    if isWriting {
      let writer = try StoreWriter.open(SimulatedStore.layout, SimulatedStore.configuration, environment)
      self.writer = writer
      core = writer.core
    } else {
      writer = nil
      core = try StoreCore.openForReading(SimulatedStore.layout, SimulatedStore.configuration, environment)
    }
  }

  /// The events that are flushed are appended through it.
  func ingest(_ life: inout ScriptedLife, _ wanted: [(SessionKey, Int)]) throws {
    try life.append(#require(writer), wanted)
  }

  /// The tag or pin that tells a work of this process from others.
  func mark(_ work: Work) -> String { "\(name)-\(work.rawValue)" }

  /// Does it; nil where it succeeded.
  func run(_ work: Work) -> StoreError? {
    do throws(StoreError) {
      switch work {
      case .flush:
        try writer?.rotate()
        try writer?.flush()
      case .tag:
        let edit = SessionEdit(
          commit: 0, session: ScriptedLife.first, time: 1, change: .setTags([TagChange(key: mark(work), value: "x")]))
        try core.catalog.commit { _ in [.session(edit)] }
      case .renewal:
        let pin = Pin(session: SessionKey(project: "pins", id: mark(work)), until: 0)
        try core.catalog.commit(.renewing) { _ in [.pin(pin)] }
      case .merge:
        let maintenance = Maintenance(core)
        try maintenance.exclusively { () throws(StoreError) in
          let packs = core.contents.withLock { $0.catalog.packs.filter { $0.tier == .recent } }
          if packs.count < 2 { return }
          _ = try maintenance.compactor.rewrite(packs, .merge, MaintenanceControl()) { (_, _) throws(StoreError) in
            .copied(to: Placement(tier: .recent))
          }
        }
      }
      return nil
    } catch { return error }
  }

  /// How often a work of this process is in a store: for a tag and a pin 0 or 1.
  func count(_ work: Work, in core: StoreCore) throws -> Int? {
    switch work {
    case .flush, .merge: nil
    case .tag:
      try core.summary(of: ScriptedLife.first)?.tags[mark(work)] == "x" ? 1 : 0
    case .renewal:
      core.catalog.state.pins.keys.count { $0.id == mark(work) }
    }
  }

  func close() { try? writer?.close() }
}

extension CatalogState {
  /// All that it says, as bytes.
  var image: [UInt8] {
    var writer = ByteWriter()
    writer.u64(generation)
    writer.u64(commit)
    for edit in snapshot() { edit.encode(into: &writer) }
    return writer.bytes
  }
}
