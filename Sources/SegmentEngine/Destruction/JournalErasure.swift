internal import SegmentFiles

/// Finds what journals hold of erased sessions and overwrites it: in those in force, those kept aside for salvage and those
/// left behind. Done by who writes, or where nobody does.
struct JournalErasure {
  let core: StoreCore
  /// The journal in use, and where its groups end now.
  var active: (id: Identifier, end: UInt64)?

  private var layout: Layout { core.layout }
  private var files: any FileSystem { core.environment.files }

  /// Records of one journal that one commit names: what their pages will be has to go through the catalog.
  private static let chunk = 64

  /// Returns how many records were overwritten.
  @discardableResult
  func run(_ state: CatalogState, _ destroyer: Destroyer) throws(StoreError) -> Int {
    var count = 0
    for isKeptAside in [false, true] {
      let folder = isKeptAside ? layout.damaged : layout.journals
      for name in try inStore(layout, { () throws(FileError) in try files.list(folder) }) {
        guard name.hasSuffix(".journal"), let id = Identifier(name.dropLast(8)) else { continue }
        let end = active.flatMap { $0.id == id && !isKeptAside ? $0.end : nil }
        var rest = try records(in: "\(folder)/\(name)", id, end: end, state)[...]
        count += rest.count
        while !rest.isEmpty {
          try destroy(Array(rest.prefix(Self.chunk)), in: "\(folder)/\(name)", id, isKeptAside, destroyer)
          rest = rest.dropFirst(Self.chunk)
        }
      }
    }
    return count
  }

  private func destroy(
    _ records: [RecordHead], in path: String, _ id: Identifier, _ isKeptAside: Bool, _ destroyer: Destroyer
  ) throws(StoreError) {
    var changes: [FileChange] = []
    for record in records {
      guard
        let head = RecordHead.erased(
          journal: id, offset: record.offset, size: Int(record.size), appliedCommit: record.appliedCommit)
      else { continue }
      let length = UInt64(head.count)
      changes.append(FileChange(offset: record.offset, length: length, bytes: head))
      changes.append(FileChange(offset: record.offset + length, length: record.size - length, bytes: nil))
    }
    let made = changes
    let patch: FilePatch
    do throws(FileError) { patch = try FilePatch(made, of: try files.open(path, .read), path: path) } catch {
      if error.errno == ErrorNumber.notFound { return }
      throw StoreError(error, in: layout)
    }
    let destruction = Destruction(
      id: core.environment.newIdentifier(), reason: .erasure,
      journals: [.init(journal: id, isKeptAside: isKeptAside, patch: patch, records: UInt64(records.count))])
    core.settle(try core.catalog.commit(.freeing) { _ in [.destroy(destruction)] })
    try destroyer.carryOut(destruction)
  }

  /// The records of erased sessions in a journal, up to `end` or the end of the file. One that is gone has none.
  private func records(
    in path: String, _ id: Identifier, end: UInt64?, _ state: CatalogState
  ) throws(StoreError) -> [RecordHead] {
    var found: [RecordHead] = []
    do throws(FileError) {
      let file = try files.open(path, .read)
      let size = try file.facts().size
      var scan = try JournalScan(file, id: id)
      try scan.run(trust: .sealed(end: end ?? size), checkingPayloads: false) { record in
        if case .erased = record.head.details { return }
        if state.isErased(record.head.session) { found.append(record.head) }
      }
    } catch {
      if error.errno == ErrorNumber.notFound { return [] }
      throw StoreError(error, in: layout)
    }
    return found
  }
}
