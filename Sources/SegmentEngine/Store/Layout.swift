/// The names of a store's files (FORMAT.md "The folder").
package struct Layout: Sendable {
  /// The store's folder.
  package let root: String

  package init(root: String) {
    var root = root
    while root.utf8.count > 1, root.hasSuffix("/") { root.removeLast() }
    self.root = root
  }

  /// The last part of the folder's path.
  var name: String { root.split(separator: "/").last.map(String.init) ?? root }

  package var catalog: String { "\(root)/catalog" }
  package var catalogLock: String { "\(root)/catalog.lock" }
  package var writerLock: String { "\(root)/writer.lock" }
  package var maintenanceLock: String { "\(root)/maintenance.lock" }
  package var erasureLock: String { "\(root)/erasure.lock" }
  package var durable: String { "\(root)/durable" }
  package var reserve: String { "\(root)/reserve" }
  package var journals: String { "\(root)/journals" }
  package var packs: String { "\(root)/packs" }
  package var dictionaries: String { "\(root)/dictionaries" }
  package var gone: String { "\(root)/gone" }
  package var temporary: String { "\(root)/temporary" }
  package var damaged: String { "\(root)/damaged" }
  package var folders: [String] { [journals, packs, dictionaries, gone, temporary, damaged] }

  package func journal(_ id: Identifier) -> String { "\(journals)/\(id).journal" }
  package func pack(_ id: Identifier) -> String { "\(packs)/\(id).pack" }
  package func dictionary(_ id: Identifier, copy: Int) -> String {
    "\(dictionaries)/\(id).\(copy == 0 ? "a" : "b").dict"
  }
  package func gone(_ id: Identifier) -> String { "\(gone)/\(id).gone" }
  package func temporaryFile(_ id: Identifier) -> String { "\(temporary)/\(id).tmp" }
  package func damagedJournal(_ id: Identifier) -> String { "\(damaged)/\(id).journal" }

  /// A path as messages and byte ranges name it: relative to the store.
  package func relative(_ path: String) -> String {
    path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
  }
}
