internal import SegmentFiles

/// What is checked of a store's place before anything in it is touched.
enum StoreAccess {
  static func check(_ layout: Layout, _ environment: StoreEnvironment) throws(StoreError) {
    let files = environment.files
    let facts = try inStore(layout) { () throws(FileError) in try files.facts(at: layout.root) }
    if let facts, facts.kind != .directory {
      throw StoreError(
        .notAStore, "\(layout.root) is a file; a store is a folder", location: .init(file: layout.root))
    }
    if let facts { try checkOwner(facts, layout, environment) }
    let place = facts == nil ? parent(of: layout.root) : layout.root
    let volume = try inStore(layout) { () throws(FileError) in try files.volume(at: place) }
    if let network = volume.networkKind {
      throw StoreError(
        .networkFileSystem,
        "\(layout.root) lies on \(network), a network file system, where locks and syncs cannot be relied on; use a local disk"
      )
    }
  }

  /// Files that another user makes could not be opened by the server, which would then stop.
  static func checkOwner(
    _ facts: FileFacts, _ layout: Layout, _ environment: StoreEnvironment
  ) throws(StoreError) {
    guard let user = environment.process.user, user != facts.owner else { return }
    throw StoreError(
      .accessDenied,
      "\(layout.root) belongs to user \(facts.owner) and this process runs as \(user): files it makes could not be opened by the owner; run it as that user"
    )
  }

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
