package import SegmentFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A simulated disk as one process sees it. Made by `SimulatedDisk.process()`. Paths are absolute, or meant from
/// `/` on; there are no symbolic links, and `..` is refused with `EINVAL`.
package final class SimulatedFileSystem: FileSystem {
  package let disk: SimulatedDisk
  let process: Int

  init(disk: SimulatedDisk, process: Int) {
    self.disk = disk
    self.process = process
  }

  /// Ends the process: its locks and open files go, what it wrote stays as unsynced as it was. Every later call
  /// through it, its waiting ones included, throws `SimulatedDisk.processKilled`.
  package func kill() {
    disk.state.withLock { $0.kill(process) }
    disk.state.broadcast()
  }

  /// Whether the process was ended.
  package var isKilled: Bool { disk.state.withLock { $0.killedProcesses.contains(process) } }

  package func open(_ path: String, _ access: FileAccess) throws(FileError) -> any StorageFile {
    let process = process
    let handle: Int
    switch access {
    case .create:
      handle = try disk.perform(.create, path, process: process) { (state, _) throws(FileError) in
        let node = try state.create(path, isDirectory: false, .create)
        return state.openHandle(node, path, process: process, isWritable: true)
      }
    case .read, .write:
      handle = try disk.perform(.open, path, process: process) { (state, _) throws(FileError) in
        guard let node = try state.node(at: path, .open) else {
          throw FileError(.open, path: path, errno: ENOENT)
        }
        guard !state.nodes[node].isDirectory else { throw FileError(.open, path: path, errno: EISDIR) }
        return state.openHandle(node, path, process: process, isWritable: access == .write)
      }
    }
    return SimulatedFile(disk: disk, process: process, handle: handle, path: path)
  }

  package func createDirectory(_ path: String) throws(FileError) {
    try disk.perform(.createDirectory, path, process: process) { (state, _) throws(FileError) in
      try state.createDirectory(path)
    }
  }

  package func list(_ path: String) throws(FileError) -> [String] {
    try disk.perform(.list, path, process: process) { (state, _) throws(FileError) in
      let directory = try state.directory(at: path, .list)
      return state.nodes[directory].entries.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
  }

  package func facts(at path: String) throws(FileError) -> FileFacts? {
    let found = try disk.perform(.facts, path, process: process) { (state, _) throws(FileError) -> FileFacts? in
      do throws(FileError) {
        return try state.node(at: path, .facts).map { state.facts($0) }
      } catch {
        // Nothing is there either where its directory is missing.
        if error.errno == ENOENT { return nil }
        throw error
      }
    }
    return found
  }

  package func link(_ existing: String, as new: String) throws(FileError) {
    try disk.perform(.link, new, process: process, " <- \(existing)") { (state, _) throws(FileError) in
      try state.link(existing, new)
    }
  }

  package func rename(_ old: String, to new: String) throws(FileError) {
    try disk.perform(.rename, old, process: process, " -> \(new)") { (state, _) throws(FileError) in
      try state.rename(old, new)
    }
  }

  package func unlink(_ path: String) throws(FileError) {
    try disk.perform(.unlink, path, process: process) { (state, _) throws(FileError) in
      try state.unlink(path)
    }
  }

  package func syncDirectory(_ path: String) throws(FileError) {
    try disk.perform(.syncDirectory, path, process: process) { (state, _) throws(FileError) in
      try state.syncDirectory(path)
    }
  }

  package func lock(_ path: String, wait: Bool) throws(FileError) -> (any FileLock)? {
    let process = process
    let found = try disk.perform(.lock, path, process: process) { (state, _) throws(FileError) -> Int? in
      try state.lockNode(path, .lock)
    }
    // Making the file is an operation of its own, at which the power can go.
    let node =
      if let found {
        found
      } else {
        try disk.perform(.create, path, process: process) { (state, _) throws(FileError) -> Int in
          // Another thread may have made it meanwhile.
          if let found = try state.lockNode(path, .create) { return found }
          return try state.create(path, isDirectory: false, .create)
        }
      }
    let mayWait = disk.state.withLock { !wait || $0.holds[node] == nil || $0.beginWaiting(process, node) }
    guard mayWait else { throw FileError(.lock, path: path, errno: EDEADLK) }
    disk.state.broadcast()
    let handle = try disk.state.wait(
      while: { state in
        guard wait, !state.isCrashed, !state.killedProcesses.contains(process) else { return false }
        return state.holds[node] != nil || state.isHeldUp(process)
      },
      then: { (state) throws(FileError) -> Int? in
        state.turns?.waiting[process] = nil
        try state.requireAlive(.lock, path, process: process)
        guard state.holds[node] == nil else { return nil }
        let handle = state.openHandle(node, path, process: process, isWritable: true)
        state.holds[node] = handle
        return handle
      })
    guard let handle else { return nil }
    return SimulatedLock(SimulatedFile(disk: disk, process: process, handle: handle, path: path))
  }

  package func isLocked(_ path: String) throws(FileError) -> Bool {
    try disk.perform(.lock, path, process: process) { (state, _) throws(FileError) in
      do throws(FileError) {
        return try state.lockNode(path, .lock).map { state.holds[$0] != nil } ?? false
      } catch {
        if error.errno == ENOENT { return false }
        throw error
      }
    }
  }

  package func volume(at path: String) throws(FileError) -> VolumeFacts {
    try disk.perform(.volume, path, process: process) { (state, _) throws(FileError) in
      guard try state.node(at: path, .volume) != nil else {
        throw FileError(.volume, path: path, errno: ENOENT)
      }
      // Without a limit, a disk of a tebibyte that is always empty.
      let free = state.settings.capacity == nil ? 1 << 40 : UInt64(state.freePages * FileImage.pageSize)
      return VolumeFacts(
        freeBytes: free, totalBytes: state.settings.capacity ?? 1 << 40, networkKind: state.settings.networkKind)
    }
  }
}

extension DiskState {
  /// The lock file at a path, nil when it is still to be made.
  fileprivate mutating func lockNode(_ path: String, _ operation: FileError.Operation) throws(FileError) -> Int? {
    guard let node = try node(at: path, operation) else { return nil }
    guard !nodes[node].isDirectory else { throw FileError(operation, path: path, errno: EISDIR) }
    return node
  }
}
