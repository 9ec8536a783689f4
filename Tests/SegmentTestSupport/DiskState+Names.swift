import SegmentFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension DiskState {
  /// The node at a path; nil where there is none.
  mutating func node(at path: String, _ operation: FileError.Operation) throws(FileError) -> Int? {
    guard let place = try place(of: path, operation) else { return Self.root }
    return nodes[place.directory].entries[place.name]
  }

  /// Where the last part of a path is looked up; nil for the root.
  mutating func place(of path: String, _ operation: FileError.Operation) throws(FileError) -> Place? {
    if let known = places[path] { return known }
    guard !path.isEmpty else { throw FileError(operation, path: path, errno: ENOENT) }
    var parts: [String] = []
    for part in path.split(separator: "/") where part != "." {
      guard part != "..", !part.utf8.contains(0) else { throw FileError(operation, path: path, errno: EINVAL) }
      guard part.utf8.count <= 255 else { throw FileError(operation, path: path, errno: ENAMETOOLONG) }
      parts.append(String(part))
    }
    guard let last = parts.popLast() else { return nil }
    var directory = Self.root
    for part in parts {
      guard let next = nodes[directory].entries[part] else {
        throw FileError(operation, path: path, errno: ENOENT)
      }
      guard nodes[next].isDirectory else { throw FileError(operation, path: path, errno: ENOTDIR) }
      directory = next
    }
    let place = Place(directory: directory, name: last)
    places[path] = place
    return place
  }

  /// The directory at a path.
  mutating func directory(at path: String, _ operation: FileError.Operation) throws(FileError) -> Int {
    guard let node = try node(at: path, operation) else {
      throw FileError(operation, path: path, errno: ENOENT)
    }
    guard nodes[node].isDirectory else { throw FileError(operation, path: path, errno: ENOTDIR) }
    return node
  }

  /// A new file or directory; its name is not durable yet.
  mutating func create(_ path: String, isDirectory: Bool, _ operation: FileError.Operation) throws(FileError) -> Int {
    guard let place = try place(of: path, operation), nodes[place.directory].entries[place.name] == nil else {
      throw FileError(operation, path: path, errno: EEXIST)
    }
    guard freePages > 0 else { throw FileError(operation, path: path, errno: ENOSPC) }
    nodes.append(DiskNode(isDirectory: isDirectory))
    let node = nodes.count - 1
    change([.init(directory: place.directory, name: place.name, node: node)])
    return node
  }

  mutating func createDirectory(_ path: String) throws(FileError) {
    if let node = try node(at: path, .createDirectory), nodes[node].isDirectory { return }
    _ = try create(path, isDirectory: true, .createDirectory)
  }

  mutating func link(_ existing: String, _ new: String) throws(FileError) {
    guard let node = try node(at: existing, .link) else { throw FileError(.link, path: new, errno: ENOENT) }
    guard !nodes[node].isDirectory else { throw FileError(.link, path: new, errno: EPERM) }
    guard let place = try place(of: new, .link), nodes[place.directory].entries[place.name] == nil else {
      throw FileError(.link, path: new, errno: EEXIST)
    }
    change([.init(directory: place.directory, name: place.name, node: node)])
  }

  mutating func rename(_ old: String, _ new: String) throws(FileError) {
    func failure(_ number: Int32) -> FileError { FileError(.rename, path: old, errno: number) }
    guard let source = try place(of: old, .rename), let target = try place(of: new, .rename) else {
      throw failure(EBUSY)
    }
    guard let node = nodes[source.directory].entries[source.name] else { throw failure(ENOENT) }
    if let replaced = nodes[target.directory].entries[target.name] {
      // Two names of one file: nothing happens, both stay, as POSIX wants it.
      if replaced == node { return }
      switch (nodes[node].isDirectory, nodes[replaced].isDirectory) {
      case (false, true): throw failure(EISDIR)
      case (true, false): throw failure(ENOTDIR)
      case (true, true): guard nodes[replaced].entries.isEmpty else { throw failure(ENOTEMPTY) }
      case (false, false): break
      }
    }
    if nodes[node].isDirectory {
      guard !isInside(target.directory, node) else { throw failure(EINVAL) }
      places.removeAll()
    }
    change([
      .init(directory: source.directory, name: source.name, node: nil),
      .init(directory: target.directory, name: target.name, node: node),
    ])
  }

  mutating func unlink(_ path: String) throws(FileError) {
    guard let place = try place(of: path, .unlink) else { throw FileError(.unlink, path: path, errno: EISDIR) }
    guard let node = nodes[place.directory].entries[place.name] else {
      throw FileError(.unlink, path: path, errno: ENOENT)
    }
    guard !nodes[node].isDirectory else { throw FileError(.unlink, path: path, errno: EISDIR) }
    change([.init(directory: place.directory, name: place.name, node: nil)])
  }

  /// Makes all changes in a directory durable. One that moved a name between two directories is one step, so it
  /// takes along what was done before it in the other.
  mutating func syncDirectory(_ path: String) throws(FileError) {
    var directories: Set<Int> = [try directory(at: path, .syncDirectory)]
    var chosen: [NameChange] = []
    var rest: [NameChange] = []
    for change in pendingNames.reversed() {
      if change.entries.contains(where: { directories.contains($0.directory) }) {
        directories.formUnion(change.entries.map(\.directory))
        chosen.append(change)
      } else {
        rest.append(change)
      }
    }
    pendingNames = rest.reversed()
    for change in chosen.reversed() { makeDurable(change) }
    for change in chosen {
      for node in change.nodes { forgetIfUnreachable(node) }
    }
  }

  mutating func makeDurable(_ change: NameChange) {
    for entry in change.entries {
      if let node = entry.node { nodes[node].durableLinks += 1 }
      if let gone = nodes[entry.directory].durableEntries.updateValue(entry.node, for: entry.name) {
        nodes[gone].durableLinks -= 1
      }
    }
  }

  /// Changes names for all lookups from now on, not yet durably.
  private mutating func change(_ entries: [NameChange.Entry]) {
    var touched: [Int] = []
    for entry in entries {
      if let node = entry.node {
        nodes[node].links += 1
        touched.append(node)
      }
      if let replaced = nodes[entry.directory].entries.updateValue(entry.node, for: entry.name) {
        nodes[replaced].links -= 1
        touched.append(replaced)
      }
    }
    pendingNames.append(NameChange(entries: entries, nodes: touched))
    for node in touched { releaseIfDead(node) }
  }

  /// Gives back the space of a file that has neither name nor user. Its durable bytes stay: the loss of its name
  /// may not be durable.
  mutating func releaseIfDead(_ node: Int) {
    guard nodes[node].isDead else { return }
    usedPages -= nodes[node].current.allocatedPages
    nodes[node].current = FileImage()
  }

  /// Frees the memory of a file that no loss of power can bring back.
  private mutating func forgetIfUnreachable(_ node: Int) {
    guard nodes[node].isDead, nodes[node].durableLinks == 0,
      !pendingNames.contains(where: { $0.nodes.contains(node) })
    else { return }
    nodes[node].durable = FileImage()
    nodes[node].pending = []
  }

  private func isInside(_ directory: Int, _ outer: Int) -> Bool {
    directory == outer || nodes[outer].entries.values.contains { nodes[$0].isDirectory && isInside(directory, $0) }
  }
}

extension Dictionary {
  /// Sets or removes a value and gives what was there.
  fileprivate mutating func updateValue(_ value: Value?, for key: Key) -> Value? {
    guard let value else { return removeValue(forKey: key) }
    return updateValue(value, forKey: key)
  }
}
