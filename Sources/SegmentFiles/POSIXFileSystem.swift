#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The file system of the operating system.
///
/// Descriptors are close-on-exec, files are made 0600 and directories 0700, and no symbolic link is followed in
/// the last part of a path (`ELOOP`, or `ENOTDIR` where a directory is wanted): a link to a store must be
/// resolved by whoever takes the store's path from a user.
package struct POSIXFileSystem: FileSystem {
  package init() {}

  /// Also throws `EISDIR` for a directory and `ENXIO` for a pipe, socket or device.
  package func open(_ path: String, _ access: FileAccess) throws(FileError) -> any StorageFile {
    let operation: FileError.Operation
    let flags: Int32
    switch access {
    case .read: (operation, flags) = (.open, O_RDONLY)
    case .write: (operation, flags) = (.open, O_RDWR)
    case .create: (operation, flags) = (.create, O_RDWR | O_CREAT | O_EXCL)
    }
    return try openFile(path, flags, operation)
  }

  package func createDirectory(_ path: String) throws(FileError) {
    do throws(SystemFailure) {
      try SystemCalls.makeDirectory(path)
    } catch {
      if error.errno == EEXIST, try facts(at: path)?.kind == .directory { return }
      throw FileError(.createDirectory, path: path, errno: error.errno)
    }
  }

  package func list(_ path: String) throws(FileError) -> [String] {
    do throws(SystemFailure) {
      let directory = try SystemCalls.open(path, O_RDONLY | O_DIRECTORY)
      var names = try SystemCalls.names(inDirectory: directory)
      names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      return names
    } catch {
      throw FileError(.list, path: path, errno: error.errno)
    }
  }

  package func facts(at path: String) throws(FileError) -> FileFacts? {
    do throws(SystemFailure) {
      return FileFacts(try SystemCalls.status(at: path))
    } catch {
      if error.errno == ENOENT { return nil }
      throw FileError(.facts, path: path, errno: error.errno)
    }
  }

  package func link(_ existing: String, as new: String) throws(FileError) {
    do throws(SystemFailure) {
      try SystemCalls.link(existing, new)
    } catch {
      throw FileError(.link, path: new, errno: error.errno)
    }
  }

  package func rename(_ old: String, to new: String) throws(FileError) {
    do throws(SystemFailure) {
      try SystemCalls.rename(old, new)
    } catch {
      throw FileError(.rename, path: old, errno: error.errno)
    }
  }

  package func unlink(_ path: String) throws(FileError) {
    do throws(SystemFailure) {
      try SystemCalls.unlink(path)
    } catch {
      throw FileError(.unlink, path: path, errno: error.errno)
    }
  }

  package func syncDirectory(_ path: String) throws(FileError) {
    do throws(SystemFailure) {
      let directory = GuardedDescriptor(try SystemCalls.open(path, O_RDONLY | O_DIRECTORY))
      guard let descriptor = directory.begin() else { return }
      defer { directory.end() }
      try SystemCalls.syncAll(descriptor)
    } catch {
      throw FileError(.syncDirectory, path: path, errno: error.errno)
    }
  }

  package func lock(_ path: String, wait: Bool) throws(FileError) -> (any FileLock)? {
    let file = try openFile(path, O_RDWR | O_CREAT, .lock)
    return try file.takeLock(wait: wait) ? POSIXFileLock(file) : nil
  }

  package func isLocked(_ path: String) throws(FileError) -> Bool {
    do throws(FileError) {
      return try openFile(path, O_RDONLY, .lock).isLockHeldElsewhere()
    } catch {
      if error.errno == ENOENT { return false }
      throw error
    }
  }

  package func volume(at path: String) throws(FileError) -> VolumeFacts {
    do throws(SystemFailure) {
      return try SystemCalls.volume(path)
    } catch {
      throw FileError(.volume, path: path, errno: error.errno)
    }
  }

  private func openFile(
    _ path: String, _ flags: Int32, _ operation: FileError.Operation
  ) throws(FileError) -> POSIXFile {
    do throws(SystemFailure) {
      let file = POSIXFile(path, descriptor: try SystemCalls.open(path, flags))
      switch try file.kind() {
      case .file: return file
      case .directory: throw SystemFailure(errno: EISDIR)
      case .other: throw SystemFailure(errno: ENXIO)
      }
    } catch {
      throw FileError(operation, path: path, errno: error.errno)
    }
  }
}

extension FileFacts {
  /// From what the system tells of a file.
  init(_ status: stat) {
    let kind: Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      default: .other
      }
    self.init(
      kind: kind, size: UInt64(clamping: status.st_size), inode: UInt64(status.st_ino), owner: status.st_uid,
      links: UInt64(status.st_nlink),
      // st_blocks counts 512 bytes whatever the block size of the file system is.
      allocated: UInt64(clamping: status.st_blocks) * 512)
  }
}
