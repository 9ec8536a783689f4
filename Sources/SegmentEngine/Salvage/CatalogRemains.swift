internal import SegmentFiles

/// What can still be read of a catalog.
struct CatalogRemains {
  var condition: SalvageReport.CatalogCondition
  /// The state after the last commit that could be read; nil where there is none.
  var state: CatalogState?
  /// What is wrong; nil where nothing is.
  var problem: (text: String, offset: UInt64?)?

  /// Larger ones are none: a catalog is written anew long before.
  private static let limit: UInt64 = 1 << 30

  /// Throws `.newerFormat`, and where the file is there and may not be opened.
  static func read(_ environment: StoreEnvironment, _ layout: Layout) throws(StoreError) -> CatalogRemains {
    let bytes: [UInt8]
    do throws(FileError) {
      guard try environment.files.facts(at: layout.catalog) != nil else {
        return CatalogRemains(condition: .gone, problem: ("the catalog is not there", nil))
      }
      let file = try environment.files.open(layout.catalog, .read)
      bytes = try file.readBytes(at: 0, count: Int(min(try file.facts().size, limit)))
    } catch {
      guard error.errno == ErrorNumber.io else { throw StoreError(error, in: layout) }
      return CatalogRemains(condition: .gone, problem: ("the disk does not give the catalog", nil))
    }
    let scan = CatalogScan(bytes, base: 0, next: 0)
    guard let first = scan.frames.first else {
      if let version = scan.newerVersion { throw .newerFormat("catalog", version: version) }
      return CatalogRemains(condition: .gone, problem: ("the start of the catalog is gone in both copies", 0))
    }
    var remains = CatalogRemains(condition: .whole, state: CatalogState(store: first.store))
    if let lost = scan.lost {
      if let version = scan.newerVersion { throw .newerFormat("catalog", version: version) }
      remains.condition = .partial
      remains.problem = ("a commit of the catalog is gone in both copies, and those behind it with it", lost)
    }
    for frame in scan.frames {
      guard let state = remains.state, let next = apply(frame, to: state) else {
        remains.condition = .partial
        remains.problem = ("a commit of the catalog does not fit those before it", nil)
        break
      }
      remains.state = next
    }
    if remains.state?.created == 0 {
      // The keys that tombstones and sampling are under stand in the first edit of all.
      return CatalogRemains(condition: .gone, problem: ("the start of the catalog cannot be read", 0))
    }
    if remains.condition == .whole, scan.hasTornTail, let state = remains.state, try !agrees(state, environment, layout)
    {
      // What looks like a commit that was cut short may be one that held: it dropped files, or named others.
      remains.condition = .partial
      remains.problem = ("the last commit of the catalog is gone in both copies", scan.end)
    }
    return remains
  }

  /// The state behind a frame; nil where it does not fit.
  private static func apply(_ frame: CatalogFrame, to state: CatalogState) -> CatalogState? {
    guard let edits = try? CatalogEdit.decodeAll(frame.content) else { return nil }
    var state = state
    state.formatVersion = frame.version
    state.generation = frame.generation
    state.commit = frame.commit
    for edit in edits {
      do { try state.apply(edit) } catch { return nil }
    }
    return state
  }

  /// Whether the files that are named are there, and no other packs and journals.
  private static func agrees(
    _ state: CatalogState, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) -> Bool {
    let named = state.namedFiles(in: layout)
    for path in named {
      let facts = try inStore(layout) { () throws(FileError) in try environment.files.facts(at: path) }
      if facts == nil { return false }
    }
    for folder in [layout.packs, layout.journals] {
      for name in try SalvageSource.names(in: folder, environment, layout) where !named.contains("\(folder)/\(name)") {
        return false
      }
    }
    return true
  }
}
