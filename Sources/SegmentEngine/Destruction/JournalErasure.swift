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
  func run(_ state: CatalogState, _ destroyer: Destroyer) throws(StoreError) -> UInt64 {
    var destruction = Destruction(id: core.environment.newIdentifier(), reason: .erasure)
    for isKeptAside in [false, true] {
      let folder = isKeptAside ? layout.damaged : layout.journals
      for name in try inStore(layout, { () throws(FileError) in try files.list(folder) }) {
        guard name.hasSuffix(".journal"), let id = Identifier(name.dropLast(8)) else { continue }
        let end = active.flatMap { $0.id == id && !isKeptAside ? $0.end : nil }
        if let found = try patch("\(folder)/\(name)", id, end: end, state) {
          destruction.journals.append(
            .init(journal: id, isKeptAside: isKeptAside, patch: found.patch, records: found.records))
        }
      }
    }
    if destruction.journals.isEmpty { return 0 }
    let named = destruction
    core.settle(try core.catalog.commit(.freeing) { _ in [.destroy(named)] })
    try destroyer.carryOut(named)
    return named.journals.reduce(0) { $0 + $1.records }
  }

  /// What overwrites the records of erased sessions in a journal, up to `end` or the end of the file; nil where it has none.
  private func patch(
    _ path: String, _ id: Identifier, end: UInt64?, _ state: CatalogState
  ) throws(StoreError) -> (patch: FilePatch, records: UInt64)? {
    var changes: [FileChange] = []
    do throws(FileError) {
      let file = try files.open(path, .read)
      let size = try file.facts().size
      var scan = try JournalScan(file, id: id)
      try scan.run(trust: .sealed(end: end ?? size), checkingPayloads: false) { record in
        if case .erased = record.head.details { return }
        guard state.isErased(record.head.session) else { return }
        let bytes = RecordHead.erased(
          journal: id, offset: record.head.offset, size: Int(record.head.size), appliedCommit: record.head.appliedCommit
        )
        if let bytes { changes.append(FileChange(offset: record.head.offset, length: record.head.size, bytes: bytes)) }
      }
      if changes.isEmpty { return nil }
      return (try FilePatch(changes, of: file), UInt64(changes.count))
    } catch {
      if error.errno == ErrorNumber.notFound { return nil }
      throw StoreError(error, in: layout)
    }
  }
}
