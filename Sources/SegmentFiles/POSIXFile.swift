#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An open file of the operating system. Every call holds its descriptor for as long as it lasts, so that
/// `close` on another thread can neither pull it away nor let it become another file's.
final class POSIXFile: StorageFile {
  let path: String
  private let descriptor: GuardedDescriptor

  /// Takes over an open descriptor; `path` is for errors only.
  init(_ path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = GuardedDescriptor(descriptor)
  }

  func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(FileError) -> Int {
    let number = try begin(.read)
    defer { descriptor.end() }
    // The system's offsets are signed; no file reaches beyond them.
    guard let position = Int64(exactly: offset) else { return 0 }
    do throws(SystemFailure) {
      return try SystemCalls.read(number, &buffer, at: position)
    } catch {
      throw FileError(.read, path: path, errno: error.errno)
    }
  }

  func write(_ bytes: RawSpan, at offset: UInt64) throws(FileError) {
    let number = try begin(.write)
    defer { descriptor.end() }
    do throws(SystemFailure) {
      try SystemCalls.write(number, bytes, at: try signed(offset))
    } catch {
      throw FileError(.write, path: path, errno: error.errno)
    }
  }

  func syncData() throws(FileError) {
    let number = try begin(.sync)
    defer { descriptor.end() }
    do throws(SystemFailure) {
      try SystemCalls.syncData(number)
    } catch {
      throw FileError(.sync, path: path, errno: error.errno)
    }
  }

  func truncate(to size: UInt64) throws(FileError) {
    let number = try begin(.truncate)
    defer { descriptor.end() }
    do throws(SystemFailure) {
      try SystemCalls.truncate(number, to: try signed(size))
    } catch {
      throw FileError(.truncate, path: path, errno: error.errno)
    }
  }

  func punchHole(at offset: UInt64, count: UInt64) throws(FileError) {
    let number = try begin(.punchHole)
    defer { descriptor.end() }
    // The system refuses an empty range.
    guard count > 0 else { return }
    do throws(SystemFailure) {
      try SystemCalls.punchHole(number, at: try signed(offset), count: try signed(count))
    } catch {
      throw FileError(.punchHole, path: path, errno: error.errno)
    }
  }

  func facts() throws(FileError) -> FileFacts {
    let number = try begin(.facts)
    defer { descriptor.end() }
    do throws(SystemFailure) {
      return FileFacts(try SystemCalls.status(number))
    } catch {
      throw FileError(.facts, path: path, errno: error.errno)
    }
  }

  func forgetCached() {
    guard let number = descriptor.begin() else { return }
    defer { descriptor.end() }
    SystemCalls.forgetCached(number)
  }

  func prefetch(at offset: UInt64, count: UInt64) {
    guard let position = Int64(exactly: offset), let count = Int64(exactly: count),
      let number = descriptor.begin()
    else { return }
    defer { descriptor.end() }
    SystemCalls.prefetch(number, at: position, count: count)
  }

  func close() {
    descriptor.close()
  }

  /// Whether it is a plain file; asked once after opening.
  func kind() throws(SystemFailure) -> FileFacts.Kind {
    guard let number = descriptor.begin() else { throw SystemFailure(errno: EBADF) }
    defer { descriptor.end() }
    return FileFacts(try SystemCalls.status(number)).kind
  }

  /// False when another open file has the lock and `wait` is false.
  func takeLock(wait: Bool) throws(FileError) -> Bool {
    let number = try begin(.lock)
    defer { descriptor.end() }
    do throws(SystemFailure) {
      return try SystemCalls.takeLock(number, wait: wait)
    } catch {
      throw FileError(.lock, path: path, errno: error.errno)
    }
  }

  func dropLock() throws(FileError) {
    let number = try begin(.lock)
    defer { descriptor.end() }
    do throws(SystemFailure) {
      try SystemCalls.dropLock(number)
    } catch {
      throw FileError(.lock, path: path, errno: error.errno)
    }
  }

  /// Whether another open file than this one has the lock.
  func isLockHeldElsewhere() throws(FileError) -> Bool {
    let number = try begin(.lock)
    defer { descriptor.end() }
    do throws(SystemFailure) {
      return try SystemCalls.isLockHeld(number)
    } catch {
      throw FileError(.lock, path: path, errno: error.errno)
    }
  }

  private func begin(_ operation: FileError.Operation) throws(FileError) -> Int32 {
    guard let number = descriptor.begin() else { throw FileError(operation, path: path, errno: EBADF) }
    return number
  }

  private func signed(_ value: UInt64) throws(SystemFailure) -> Int64 {
    guard let result = Int64(exactly: value) else { throw SystemFailure(errno: EFBIG) }
    return result
  }
}
