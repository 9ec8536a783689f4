internal import SegmentFiles

/// Finds what journals hold of erased sessions and overwrites it: in those in force, those kept aside for salvage and those
/// left behind. Done by who writes, or where nobody does.
struct JournalErasure {
  let core: StoreCore
  /// The journal in use, and where its groups end now.
  var active: (id: Identifier, end: UInt64)?

  private var layout: Layout { core.layout }
  private var files: any FileSystem { core.environment.files }

  /// Returns how many records were overwritten.
  @discardableResult
  func run(_ state: CatalogState) throws(StoreError) -> Int {
    var destruction = Destruction(id: core.environment.newIdentifier(), reason: .erasure)
    for isKeptAside in [false, true] {
      let folder = isKeptAside ? layout.damaged : layout.journals
      for name in try inStore(layout, { () throws(FileError) in try files.list(folder) }) {
        guard name.hasSuffix(".journal"), let id = Identifier(name.dropLast(8)) else { continue }
        let end = active.flatMap { $0.id == id && !isKeptAside ? $0.end : nil }
        let records = try records(in: "\(folder)/\(name)", id, end: end, state)
        if !records.isEmpty {
          destruction.journals.append(.init(journal: id, isKeptAside: isKeptAside, records: records))
        }
      }
    }
    if destruction.journals.isEmpty { return 0 }
    let named = destruction
    core.settle(try core.catalog.commit(.freeing) { _ in [.destroy(named)] })
    _ = try core.carryOut(named)
    return named.journals.reduce(0) { $0 + $1.records.count }
  }

  /// The records of erased sessions in a journal, up to `end` or the end of the file. One that is gone has none.
  private func records(
    in path: String, _ id: Identifier, end: UInt64?, _ state: CatalogState
  ) throws(StoreError) -> [Destruction.Record] {
    var found: [Destruction.Record] = []
    do throws(FileError) {
      let file = try files.open(path, .read)
      let size = try file.facts().size
      var scan = try JournalScan(file, id: id)
      try scan.run(trust: .sealed(end: end ?? size), checkingPayloads: false) { record in
        if case .erased = record.head.details { return }
        guard state.isErased(record.head.session) else { return }
        found.append(
          .init(offset: record.head.offset, size: record.head.size, appliedCommit: record.head.appliedCommit))
      }
    } catch {
      if error.errno == ErrorNumber.notFound { return [] }
      throw StoreError(error, in: layout)
    }
    return found
  }
}
