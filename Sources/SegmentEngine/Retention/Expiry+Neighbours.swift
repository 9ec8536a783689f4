internal import Logging
internal import SegmentFiles

extension Expiry {
  /// Segments that one commit destroys, some more where a session has several: their pages have to go through the catalog.
  private static let chunk = 256

  /// A session that goes, and all there is of it.
  private struct Neighbour {
    var session: SessionKey
    var parts: [PackedPart]
  }

  /// Destroys in place what is in some packs that are due, and all of it there, and does not stay.
  func destroyNeighbours(
    in packs: [PackFacts], _ now: Double, _ control: MaintenanceControl, _ gone: inout MaintenanceReport.Departure
  ) throws(StoreError) {
    var files: [PackFile] = []
    for pack in packs {
      try control.check()
      do throws(StoreError) {
        // A snapshot that shares it keeps what it has: a settlement leaves behind what is not held.
        if try Destroyer.isShared(pack.id, core) { continue }
        let file = try core.packs.pack(pack)
        // Read to its end once, so that one that is damaged keeps no other from expiring.
        let reader = try DirectoryReader(file)
        while try reader.next() != nil {}
        files.append(file)
      } catch { try pass(error, pack: "\(pack.id)") }
    }
    if files.isEmpty { return }
    let destroyer = try Destroyer(core, control)
    defer { destroyer.release() }
    let state = core.catalog.state
    let names = Set(files.map(\.id))
    var chosen: [Neighbour] = []
    var sweep = try PackSweep(files)
    while let (key, parts) = try sweep.next() {
      if state.isHeld(key, at: now) || core.isElsewhere(key, than: names) { continue }
      chosen.append(Neighbour(session: key, parts: parts))
      if chosen.reduce(0, { $0 + $1.parts.count }) < Self.chunk { continue }
      try destroy(&chosen, names, state, destroyer, control, &gone)
    }
    if !chosen.isEmpty { try destroy(&chosen, names, state, destroyer, control, &gone) }
  }

  private func destroy(
    _ chosen: inout [Neighbour], _ names: Set<Identifier>, _ state: CatalogState, _ destroyer: Destroyer,
    _ control: MaintenanceControl, _ gone: inout MaintenanceReport.Departure
  ) throws(StoreError) {
    defer { chosen = [] }
    try control.check()
    var doomed: [Identifier: [DoomedSegment]] = [:]
    for part in chosen.lazy.flatMap(\.parts) {
      doomed[part.pack.id, default: []].append(DoomedSegment(part.entry, at: part.entryRange))
    }
    let sessions = chosen.map(\.session)
    do throws(StoreError) {
      let destruction = try Destruction(core.environment.newIdentifier(), .expiry, doomed, destroyer)
      // What others acknowledged until now.
      try core.refreshAll()
      core.settle(
        try core.catalog.commit(.freeing) { after throws(StoreError) in
          guard after.pins == state.pins, after.holds == state.holds,
            doomed.keys.allSatisfy({ pack in after.packs.contains { $0.id == pack } }),
            !sessions.contains(where: { core.isElsewhere($0, than: names) })
          else {
            throw StoreError(.conflict, "a pin or a session changed while packs expired", isRetryable: true)
          }
          return [.destroy(destruction)]
        })
      try destroyer.carryOut(destruction, control)
    } catch {
      return try pass(error, pack: doomed.keys.sorted().map(\.description).joined(separator: ", "))
    }
    gone.sessions += sessions.count
    gone.bytes += doomed.values.reduce(0) { sum, segments in segments.reduce(sum) { $0 + $1.erased.length } }
  }

  /// What is looked at again by the next run: what else there is does not wait for it.
  private func pass(_ error: StoreError, pack: String) throws(StoreError) {
    guard [.damaged, .notFound, .conflict].contains(error.code) else { throw error }
    core.logger?.warning(
      "a pack beside sessions that stay did not expire", metadata: ["pack": "\(pack)", "error": "\(error)"])
  }
}
