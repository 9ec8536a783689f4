internal import SegmentFiles

/// A process's hold on the catalog: reads what others committed, and commits edits that still hold.
///
/// A commit, step by step:
/// 1. take `catalog.lock`, waiting for it;
/// 2. read its mark: set, or unreadable, means that an earlier commit may not have been synced;
/// 3. open `catalog` by name and read what others appended;
/// 4. ask the caller for its edits, given that state; apply them to a copy;
/// 5. if the mark was set, the tail is torn or the file has grown: write a new generation (temporary file, sync, rename,
///    sync the folder), else set the mark, append the frame at the end, sync;
/// 6. clear the mark, give the lock back.
///
/// One thread at a time commits or refreshes; the state may be read from any.
package final class Catalog: Sendable {
  struct Loaded {
    var state: CatalogState
    var file: any StorageFile
    var inode: UInt64
    var nextFrame: UInt32
    var end: UInt64
    /// Bytes of frame 0, to tell how far the file has grown.
    var baseBytes: UInt64
    var hasTornTail: Bool
    /// A page is invalid whose other copy stands in for it.
    var hasDamagedCopy = false

    /// The commits since this generation was written take as much as itself.
    var isLong: Bool { end > baseBytes + max(32_768, baseBytes) }
  }

  private let environment: StoreEnvironment
  private let layout: Layout
  private let loaded: Lock<Loaded>
  /// How often an old generation could not be overwritten.
  private let failedDestructions = Lock(0)
  /// Keeps the threads of this process apart: the lock on the file only does so for processes.
  private let turn = Lock<Void>(())

  private init(_ environment: StoreEnvironment, _ layout: Layout, _ loaded: Loaded) {
    self.environment = environment
    self.layout = layout
    self.loaded = Lock(loaded)
  }

  /// Whether all generations that were to be overwritten were.
  var hasDestroyedAll: Bool { failedDestructions.withLock { $0 == 0 } }

  /// The state as last read or committed.
  package var state: CatalogState { loaded.withLock { $0.state } }

  /// Opens the catalog of a store that exists. Throws `.notFound` where there is none.
  package static func open(_ environment: StoreEnvironment, _ layout: Layout) throws(StoreError) -> Catalog {
    Catalog(environment, layout, try load(environment, layout))
  }

  /// Makes the first generation of a new store, under the catalog lock; opens what is there where another was quicker.
  static func create(_ environment: StoreEnvironment, _ layout: Layout) throws(StoreError) -> Catalog {
    let files = environment.files
    let lock = try inStore(layout) { () throws(FileError) in try files.lock(layout.catalogLock, wait: true) }
    defer { lock?.release() }
    if try inStore(layout, { () throws(FileError) in try files.facts(at: layout.catalog) }) == nil {
      var state = CatalogState(store: environment.newIdentifier())
      try state.apply(
        .store(
          created: environment.clock.now(), samplingSalt: environment.newIdentifier(),
          erasureKey: environment.newIdentifier()))
      state.generation = 1
      _ = try writeGeneration(state, environment, layout)
    }
    if let lock { try writeMark(false, lock, environment, layout) }
    return try open(environment, layout)
  }

  /// Reads what others committed since. Returns true where something changed. Costs one `stat` where nothing did.
  package func refresh() throws(StoreError) -> Bool {
    try turn.withLock { (_) throws(StoreError) -> Bool in
      let current = loaded.withLock { $0 }
      let facts = try inStore(layout) { () throws(FileError) in try environment.files.facts(at: layout.catalog) }
      guard let facts else { throw Self.missing(layout) }
      if facts.inode == current.inode, facts.size == current.end { return false }
      let next = try Self.reload(current, environment, layout, isAlone: false)
      loaded.withLock { $0 = next }
      return next.state.commit != current.state.commit
    }
  }

  /// What is special about a commit.
  package struct Manner: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// A new generation is written, and what is left of older ones overwritten with zeros: they hold names that are erased.
    package static let renewing = Manner(rawValue: 1)
    /// It is about giving space back: on a full disk the reserve is given up for it.
    package static let freeing = Manner(rawValue: 2)
  }

  /// Commits the edits that `make` gives for the newest state; none means nothing to do. `make` throws to refuse.
  /// Returns the state after it.
  ///
  /// After an error of the disk it is unknown whether the edits are in force, except for `.diskFull`: then they are not.
  @discardableResult
  package func commit(
    _ manner: Manner = [], _ make: (CatalogState) throws(StoreError) -> [CatalogEdit]
  ) throws(StoreError) -> CatalogState {
    try turn.withLock { (_) throws(StoreError) -> CatalogState in
      let files = environment.files
      let lock = try inStore(layout) { () throws(FileError) in try files.lock(layout.catalogLock, wait: true) }
      guard let lock else { throw StoreError(.locked, "the catalog's lock was not given", isRetryable: true) }
      defer { lock.release() }
      let record = try inStore(layout) { () throws(FileError) in try LockRecord.read(lock.file) }
      var current = try Self.reload(loaded.withLock { $0 }, environment, layout, isAlone: true)
      loaded.withLock { $0 = current }
      var edits = try make(current.state)
      if edits.isEmpty { return current.state }
      var state = current.state
      state.commit += 1
      edits = edits.map { $0.numbered(state.commit) }
      for edit in edits { try state.apply(edit) }
      let hasGrown = current.end > 4 * current.baseBytes + 262_144
      let isNew =
        manner.contains(.renewing) || record?.mark ?? true || current.hasTornTail || current.hasDamagedCopy || hasGrown
      if isNew { state.generation += 1 }
      let old = current
      do throws(StoreError) {
        try put(edits, state, &current, isNew: isNew, lock)
      } catch {
        guard error.code == .diskFull, manner.contains(.freeing), Reserve.release(environment, layout) else {
          throw error
        }
        current = old
        try put(edits, state, &current, isNew: isNew, lock)
      }
      if manner.contains(.renewing) { destroyGenerations(before: old) }
      // The commit is durable. A mark that cannot be cleared only makes the next committer write a new generation.
      try? Self.writeMark(false, lock, environment, layout)
      loaded.withLock { $0 = current }
      return state
    }
  }

  /// Makes the catalog of a copy of the store. Nobody else is at that folder.
  static func writeCopy(_ state: CatalogState, _ environment: StoreEnvironment, _ layout: Layout) throws(StoreError) {
    _ = try writeGeneration(state, environment, layout)
  }

  private func put(
    _ edits: [CatalogEdit], _ state: CatalogState, _ current: inout Loaded, isNew: Bool, _ lock: any FileLock
  ) throws(StoreError) {
    try Self.writeMark(true, lock, environment, layout)
    if isNew {
      current = try Self.writeGeneration(state, environment, layout)
    } else {
      try append(edits, &current, state)
    }
  }

  /// Overwrites the generation that was replaced, and those that never came into force. Under the catalog's lock nobody
  /// is making one. What fails is told: the blocks are free, but not overwritten.
  private func destroyGenerations(before old: Loaded) {
    let files = environment.files
    do throws(FileError) {
      try Zeros.overwrite(old.file, 0..<old.file.facts().size)
      try old.file.syncData()
      for name in try files.list(layout.temporary) {
        let path = "\(layout.temporary)/\(name)"
        guard let file = try? files.open(path, .write),
          try file.readBytes(at: 0, count: 4) == [0x53, 0x47, 0x43, 0x54]
        else { continue }
        try Zeros.overwrite(file, 0..<file.facts().size)
        try file.syncData()
        try files.unlink(path)
      }
    } catch {
      failedDestructions.withLock { $0 += 1 }
    }
  }

  /// Writes a new generation where something is left of a commit that was cut short, or a page's copy is damaged.
  /// Called when a store is opened for writing. Does nothing to a catalog that is well.
  func repair() throws(StoreError) { try renew { _ in false } }

  /// Writes a new generation where the commits since the last take as much as itself. A commit takes two pages at least,
  /// so that those of a small store would soon be most of its catalog. Costs nothing where it is not due.
  func shrink() throws(StoreError) {
    if loaded.withLock({ $0.isLong }) { try renew { $0.isLong } }
  }

  private func renew(_ isDue: (Loaded) -> Bool) throws(StoreError) {
    try turn.withLock { (_) throws(StoreError) in
      let lock = try inStore(layout) { () throws(FileError) in
        try environment.files.lock(layout.catalogLock, wait: true)
      }
      guard let lock else { return }
      defer { lock.release() }
      let record = try inStore(layout) { () throws(FileError) in try LockRecord.read(lock.file) }
      var current = try Self.reload(loaded.withLock { $0 }, environment, layout, isAlone: true)
      if record?.mark ?? true || current.hasTornTail || current.hasDamagedCopy || isDue(current) {
        var state = current.state
        state.generation += 1
        try Self.writeMark(true, lock, environment, layout)
        current = try Self.writeGeneration(state, environment, layout)
        try Self.writeMark(false, lock, environment, layout)
      }
      loaded.withLock { $0 = current }
    }
  }

  /// Runs `body` with the newest state while nobody can commit.
  package func exclusively(_ body: (CatalogState) throws(StoreError) -> Void) throws(StoreError) {
    try turn.withLock { (_) throws(StoreError) in
      let lock = try inStore(layout) { () throws(FileError) in
        try environment.files.lock(layout.catalogLock, wait: true)
      }
      defer { lock?.release() }
      let current = try Self.reload(loaded.withLock { $0 }, environment, layout, isAlone: true)
      loaded.withLock { $0 = current }
      try body(current.state)
    }
  }

  private func append(
    _ edits: [CatalogEdit], _ current: inout Loaded, _ state: CatalogState
  ) throws(StoreError) {
    var content = ByteWriter()
    for edit in edits { edit.encode(into: &content) }
    let frame = CatalogFrame(
      store: state.store, generation: state.generation, commit: state.commit, number: current.nextFrame,
      content: content.bytes, version: state.formatVersion)
    let bytes = frame.encode(at: current.end)
    let file = current.file
    let end = current.end
    do throws(FileError) {
      try file.writeBytes(bytes, at: end)
    } catch {
      // What was written of it may be a whole frame in its first copy: it is taken back for good, before anyone may remove
      // the files that it names. The mark stays set.
      try Self.inDoubt(layout) { () throws(FileError) in
        try file.truncate(to: end)
        try file.syncData()
      }
      throw StoreError(error, in: layout)
    }
    try Self.inDoubt(layout) { () throws(FileError) in try file.syncData() }
    current.state = state
    current.end += UInt64(bytes.count)
    current.nextFrame += 1
  }

  private static func writeMark(
    _ mark: Bool, _ lock: any FileLock, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) {
    let record = LockRecord(
      isHeld: mark, mark: mark, process: environment.process, taken: environment.clock.now())
    try inStore(layout) { () throws(FileError) in try record.write(to: lock.file) }
  }

  /// Writes frame 0 of a new generation and puts it in the place of the catalog.
  private static func writeGeneration(
    _ state: CatalogState, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) -> Loaded {
    var content = ByteWriter()
    for edit in state.snapshot() { edit.encode(into: &content) }
    let bytes = CatalogFrame(
      store: state.store, generation: state.generation, commit: state.commit, number: 0, content: content.bytes,
      version: state.formatVersion
    ).encode(at: 0)
    let files = environment.files
    let temporary = layout.temporaryFile(environment.newIdentifier())
    let file = try inStore(layout) { () throws(FileError) in try files.open(temporary, .create) }
    do throws(FileError) {
      try file.writeBytes(bytes, at: 0)
      try file.syncData()
      try files.rename(temporary, to: layout.catalog)
    } catch {
      try? files.unlink(temporary)
      throw StoreError(error, in: layout)
    }
    try inDoubt(layout) { () throws(FileError) in
      try files.syncDirectory(layout.root)
      try files.syncDirectory(layout.temporary)
    }
    let facts = try inStore(layout) { () throws(FileError) in try file.facts() }
    var state = state
    if state.flushRequest != 0 { state.flushRequest = state.commit }
    return Loaded(
      state: state, file: file, inode: facts.inode, nextFrame: 1, end: UInt64(bytes.count),
      baseBytes: UInt64(bytes.count), hasTornTail: false)
  }

  /// What comes once readers may see a commit. A disk that turns out to be full only now (where room is found at the sync)
  /// has not undone it: nobody may take away the files that it names.
  private static func inDoubt(_ layout: Layout, _ body: () throws(FileError) -> Void) throws(StoreError) {
    do throws(FileError) { try body() } catch {
      let failure = StoreError(error, in: layout)
      guard failure.code == .diskFull else { throw failure }
      throw StoreError(
        .ioFailed,
        "the disk was full when a commit was synced, which may be in force; free space and open the store again",
        location: failure.location, errno: failure.errno)
    }
  }
}
