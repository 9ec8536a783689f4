import CSegmentShims

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The system calls behind the files, one function each: every call into the operating system that has to do
/// with files goes through here. Calls that a signal interrupts are repeated, short reads and writes continued (`Transfer`).
enum SystemCalls {
  /// Opens, always close-on-exec, never through a symbolic link in the last part. Not blocking, or a named pipe
  /// left in a store would hang its opener; for files that makes no difference.
  static func open(_ path: String, _ flags: Int32) throws(SystemFailure) -> Int32 {
    let all = flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    return unsafe try checked(path) { unsafe openat(AT_FDCWD, $0, all, 0o600) }
  }

  /// Not repeated on EINTR: Linux has released the descriptor by then, and it may already be another's.
  static func closeDescriptor(_ descriptor: Int32) {
    _ = close(descriptor)
  }

  /// Fills `buffer` as far as the file goes.
  static func read(_ descriptor: Int32, _ buffer: inout MutableRawSpan, at offset: Int64) throws(SystemFailure)
    -> Int
  {
    try unsafe buffer.withUnsafeMutableBytes { (bytes) throws(SystemFailure) -> Int in
      try Transfer.read(bytes.count, at: offset) { done, wanted, position in
        // `done` is below the count: there is an address.
        unsafe pread(descriptor, bytes.baseAddress?.advanced(by: done), wanted, position)
      }
    }
  }

  /// Writes all of `data`.
  static func write(_ descriptor: Int32, _ data: RawSpan, at offset: Int64) throws(SystemFailure) {
    try unsafe data.withUnsafeBytes { (bytes) throws(SystemFailure) -> Void in
      try Transfer.write(bytes.count, at: offset) { done, wanted, position in
        unsafe pwrite(descriptor, bytes.baseAddress?.advanced(by: done), wanted, position)
      }
    }
  }

  static func syncData(_ descriptor: Int32) throws(SystemFailure) {
    _ = try Transfer.repeated { segment_sync_data(descriptor) }
  }

  static func syncAll(_ descriptor: Int32) throws(SystemFailure) {
    _ = try Transfer.repeated { segment_sync_all(descriptor) }
  }

  /// Only advice, and only clean pages go: what fails does no harm.
  static func forgetCached(_ descriptor: Int32) {
    #if !canImport(Darwin)
      _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    #endif
  }

  /// Only advice too.
  static func prefetch(_ descriptor: Int32, at offset: Int64, count: Int64) {
    #if !canImport(Darwin)
      _ = posix_fadvise(descriptor, off_t(offset), off_t(count), POSIX_FADV_WILLNEED)
    #endif
  }

  static func truncate(_ descriptor: Int32, to size: Int64) throws(SystemFailure) {
    _ = try Transfer.repeated { ftruncate(descriptor, off_t(size)) }
  }

  static func punchHole(_ descriptor: Int32, at offset: Int64, count: Int64) throws(SystemFailure) {
    _ = try Transfer.repeated { segment_punch_hole(descriptor, offset, count) }
  }

  static func status(_ descriptor: Int32) throws(SystemFailure) -> stat {
    var found = stat()
    _ = try Transfer.repeated { unsafe fstat(descriptor, &found) }
    return found
  }

  /// Of the name itself when it is a symbolic link.
  static func status(at path: String) throws(SystemFailure) -> stat {
    var found = stat()
    _ = unsafe try checked(path) { unsafe lstat($0, &found) }
    return found
  }

  static func makeDirectory(_ path: String) throws(SystemFailure) {
    _ = unsafe try checked(path) { unsafe mkdir($0, 0o700) }
  }

  static func link(_ existing: String, _ new: String) throws(SystemFailure) {
    _ = unsafe try checked(existing, new) { unsafe linkat(AT_FDCWD, $0, AT_FDCWD, $1, 0) }
  }

  static func rename(_ old: String, _ new: String) throws(SystemFailure) {
    _ = unsafe try checked(old, new) { unsafe renameat(AT_FDCWD, $0, AT_FDCWD, $1) }
  }

  static func unlink(_ path: String) throws(SystemFailure) {
    _ = unsafe try checked(path) { unsafe unlinkat(AT_FDCWD, $0, 0) }
  }

  /// Takes the lock of an open file; false when another holds it and `wait` is false.
  static func takeLock(_ descriptor: Int32, wait: Bool) throws(SystemFailure) -> Bool {
    do throws(SystemFailure) {
      _ = try Transfer.repeated { segment_lock_take(descriptor, wait ? 1 : 0) }
      return true
    } catch {
      if error.errno == EAGAIN { return false }
      throw error
    }
  }

  static func dropLock(_ descriptor: Int32) throws(SystemFailure) {
    _ = try Transfer.repeated { segment_lock_drop(descriptor) }
  }

  static func isLockHeld(_ descriptor: Int32) throws(SystemFailure) -> Bool {
    try Transfer.repeated { segment_lock_is_held(descriptor) } == 1
  }

  static func volume(_ path: String) throws(SystemFailure) -> VolumeFacts {
    var found = unsafe segment_volume_facts()
    _ = unsafe try checked(path) { unsafe segment_volume($0, &found) }
    // The name is static memory of the shim.
    let kind = unsafe found.network_kind.map { unsafe String(cString: $0) }
    return unsafe VolumeFacts(
      freeBytes: found.free_bytes, totalBytes: found.total_bytes, networkKind: kind,
      copyOnWriteKind: found.copy_on_write_kind.map { unsafe String(cString: $0) })
  }
}

extension SystemCalls {
  /// Names in an open directory, as the system gives them, in no order; bytes that are no UTF-8 are replaced.
  /// Consumes the descriptor.
  static func names(inDirectory descriptor: Int32) throws(SystemFailure) -> [String] {
    guard let directory = unsafe fdopendir(descriptor) else {
      let failure = SystemFailure(errno: errno)
      closeDescriptor(descriptor)
      throw failure
    }
    defer { unsafe closedir(directory) }
    guard let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(directory) else {
        guard errno == 0 else { throw SystemFailure(errno: errno) }
        return names
      }
      // Read through the address: the record may be shorter than the type, and its name ends with a zero.
      let start = unsafe UnsafeRawPointer(entry).advanced(by: nameOffset)
      let name = unsafe String(cString: start.assumingMemoryBound(to: CChar.self))
      if name != "." && name != ".." { names.append(name) }
    }
  }

  /// A zero inside a path would silently cut it.
  private static func checked(
    _ path: String, _ call: (UnsafePointer<CChar>) -> Int32
  ) throws(SystemFailure) -> Int32 {
    guard !path.utf8.contains(0) else { throw SystemFailure(errno: EINVAL) }
    return try Transfer.repeated { unsafe path.withCString { unsafe call($0) } }
  }

  private static func checked(
    _ first: String, _ second: String, _ call: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
  ) throws(SystemFailure) -> Int32 {
    unsafe try checked(first) { (start: UnsafePointer<CChar>) -> Int32 in
      guard !second.utf8.contains(0) else {
        errno = EINVAL
        return -1
      }
      return unsafe second.withCString { unsafe call(start, $0) }
    }
  }
}
