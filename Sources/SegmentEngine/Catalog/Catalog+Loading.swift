internal import SegmentFiles

/// Reading the catalog: all of it, or what came since.
extension Catalog {
  static func missing(_ layout: Layout) -> StoreError {
    StoreError(.notFound, "there is no store at \(layout.root)", location: .init(file: "catalog"))
  }

  /// Opens the catalog by name and reads all of it. One that is replaced, and destroyed, meanwhile is opened again.
  static func load(
    _ environment: StoreEnvironment, _ layout: Layout, isAlone: Bool = false
  ) throws(StoreError) -> Loaded {
    while true {
      var inode: UInt64?
      do throws(StoreError) { return try loadOnce(environment, layout, &inode, isAlone: isAlone) } catch {
        let named = try inStore(layout) { () throws(FileError) in try environment.files.facts(at: layout.catalog) }
        guard let named, let inode, named.inode != inode else { throw error }
      }
    }
  }

  private static func loadOnce(
    _ environment: StoreEnvironment, _ layout: Layout, _ inode: inout UInt64?, isAlone: Bool
  ) throws(StoreError) -> Loaded {
    let file: any StorageFile
    do {
      file = try environment.files.open(layout.catalog, .write)
    } catch  where error.errno == ErrorNumber.notFound {
      throw missing(layout)
    } catch  where error.errno == ErrorNumber.accessDenied || error.errno == ErrorNumber.readOnlyFileSystem {
      // Enough for a reader; a commit will say that it may not.
      file = try inStore(layout) { () throws(FileError) in try environment.files.open(layout.catalog, .read) }
    } catch {
      throw StoreError(error, in: layout)
    }
    let facts = try inStore(layout) { () throws(FileError) in try file.facts() }
    inode = facts.inode
    let (bytes, scan) = try scanned(file, base: 0, next: 0, size: facts.size, isAlone: isAlone, layout)
    guard let first = scan.frames.first else {
      if let version = scan.newerVersion { throw StoreError.newerFormat("catalog", version: version) }
      if bytes.starts(with: [0x53, 0x47, 0x43, 0x54]) || scan.lost != nil {
        throw StoreError.damaged("the start of the catalog is gone in both copies", file: "catalog", offset: 0)
      }
      throw StoreError(
        .notAStore, "\(layout.root) holds a file named catalog that is none", location: .init(file: "catalog"))
    }
    var loaded = Loaded(
      state: CatalogState(store: first.store), file: file, inode: facts.inode, nextFrame: 0, end: 0,
      baseBytes: 0, hasTornTail: false)
    try apply(scan, to: &loaded)
    return loaded
  }

  /// Brings what was loaded up to date: by the end of the file, or whole where another generation took its place.
  static func reload(
    _ current: Loaded, _ environment: StoreEnvironment, _ layout: Layout, isAlone: Bool
  ) throws(StoreError) -> Loaded {
    let named = try inStore(layout) { () throws(FileError) in try environment.files.facts(at: layout.catalog) }
    guard let named else { throw missing(layout) }
    guard named.inode == current.inode, named.size >= current.end else {
      return try load(environment, layout, isAlone: isAlone)
    }
    var next = current
    next.hasTornTail = false
    guard named.size > current.end else { return next }
    let (_, scan) = try scanned(
      current.file, base: current.end, next: current.nextFrame, size: named.size, isAlone: isAlone, layout)
    try apply(scan, to: &next)
    return next
  }

  /// Reads from `base` to the end. What is not whole is read again, from the disk itself, until two reads agree: a new
  /// generation is written without what is taken for torn. One that holds the lock throws where they never do; others may
  /// be reading what is being written.
  private static func scanned(
    _ file: any StorageFile, base: UInt64, next: UInt32, size: UInt64, isAlone: Bool, _ layout: Layout
  ) throws(StoreError) -> (bytes: [UInt8], scan: CatalogScan) {
    let count = Int(min(size - base, UInt64(Int32.max)))
    return try inStore(layout) { () throws(FileError) in
      var bytes = try file.readBytes(at: base, count: count)
      var scan = CatalogScan(bytes, base: base, next: next)
      var attempt = 0
      while !scan.isWhole {
        attempt += 1
        file.forgetCached()
        let again = try file.readBytes(at: base, count: count)
        if again == bytes { break }
        if attempt == 4 {
          guard isAlone else { break }
          throw FileError(.read, path: layout.catalog, errno: ErrorNumber.io)
        }
        bytes = again
        scan = CatalogScan(bytes, base: base, next: next)
      }
      return (bytes, scan)
    }
  }

  private static func apply(_ scan: CatalogScan, to loaded: inout Loaded) throws(StoreError) {
    if let lost = scan.lost {
      throw StoreError.damaged("a commit of the catalog is gone in both copies", file: "catalog", offset: lost)
    }
    if let version = scan.newerVersion { throw StoreError.newerFormat("catalog", version: version) }
    for frame in scan.frames {
      let edits: [CatalogEdit]
      do { edits = try CatalogEdit.decodeAll(frame.content) } catch {
        throw StoreError.damaged("an edit of the catalog: \(error.text)", file: "catalog", offset: loaded.end)
      }
      loaded.state.formatVersion = frame.version
      loaded.state.generation = frame.generation
      loaded.state.commit = frame.commit
      for edit in edits {
        do { try loaded.state.apply(edit) } catch {
          throw StoreError.damaged(
            "an edit of the catalog does not fit those before it: \(error.message)", file: "catalog", offset: loaded.end
          )
        }
      }
      loaded.nextFrame = frame.number + 1
    }
    if loaded.baseBytes == 0 { loaded.baseBytes = scan.frames.isEmpty ? 0 : scan.firstFrameBytes }
    loaded.end = scan.end
    loaded.hasTornTail = scan.hasTornTail
    if !scan.damagedCopies.isEmpty { loaded.hasDamagedCopy = true }
  }
}
