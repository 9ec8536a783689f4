#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What is done to folders and the names in them.
enum PeerFolder {
  /// Makes the folder durably; its parent exists.
  static func make(_ path: String) throws {
    if unsafe mkdir(path, 0o755) != 0 {
      if errno == EEXIST { return }
      throw PeerFile.failure("make", path)
    }
    try sync(parent(path))
  }

  /// Names made, renamed or removed in the folder outlive a loss of power afterwards.
  static func sync(_ path: String) throws {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw PeerFile.failure("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw PeerFile.failure("sync", path) }
  }

  /// Names in the folder but `.` and `..`; none where there is no folder.
  static func names(_ path: String) throws -> [String] {
    guard let stream = unsafe opendir(path) else {
      if errno == ENOENT { return [] }
      throw PeerFile.failure("list", path)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw PeerFile.failure("list", path) }
    return names
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Removes a file; does nothing where there is none.
  static func remove(_ path: String) throws {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw PeerFile.failure("remove", path) }
  }

  /// Removes a folder of files with all that is in it, durably.
  static func removeFolder(_ path: String) throws {
    for name in try names(path) { try remove("\(path)/\(name)") }
    guard unsafe rmdir(path) == 0 || errno == ENOENT else { throw PeerFile.failure("remove", path) }
    try sync(parent(path))
  }

  static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
