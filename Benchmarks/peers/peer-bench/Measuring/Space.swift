import CPeerShims
import Foundation

/// What a folder takes on the disk, and what the cache holds of it.
enum Space {
  /// Bytes that are allocated to all files and folders below, the folder itself included.
  static func allocated(_ folder: String) throws -> Double {
    var bytes = try blocks(folder)
    guard let paths = FileManager.default.enumerator(atPath: folder) else { throw BenchError("there is no \(folder)") }
    // What goes away meanwhile takes nothing.
    for case let path as String in paths { bytes += (try? blocks("\(folder)/\(path)")) ?? 0 }
    return bytes
  }

  /// Files that are unlinked and still open in this process, bytes allocated to them: the system has not given them
  /// back.
  static func held() -> Double {
    var bytes = 0.0
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
      guard let descriptor = Int32(name) else { continue }
      var facts = stat()
      if unsafe fstat(descriptor, &facts) == 0, facts.st_nlink == 0, facts.st_mode & S_IFMT == S_IFREG {
        bytes += Double(facts.st_blocks) * 512
      }
    }
    return bytes
  }

  private static func blocks(_ path: String) throws -> Double {
    var facts = stat()
    guard unsafe lstat(path, &facts) == 0 else { throw BenchError("\(path) cannot be looked at (errno \(errno))") }
    return Double(facts.st_blocks) * 512
  }

  /// Free bytes of the file system.
  static func free(_ path: String) throws -> Double {
    var facts = statvfs()
    guard unsafe statvfs(path, &facts) == 0 else { throw BenchError("\(path) has no file system (errno \(errno))") }
    return Double(facts.f_bfree) * Double(facts.f_frsize)
  }

  /// Writes all that is below to the disk, and has the system forget what it knows of it.
  static func dropCache(_ folder: String) throws {
    guard let paths = FileManager.default.enumerator(atPath: folder) else { throw BenchError("there is no \(folder)") }
    for case let path as String in paths {
      let descriptor = unsafe Foundation.open("\(folder)/\(path)", O_RDONLY)
      if descriptor < 0 { continue }
      defer { Foundation.close(descriptor) }
      var facts = stat()
      guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { continue }
      guard fsync(descriptor) == 0 else { throw BenchError("\(path) cannot be synced (errno \(errno))") }
      let failure = peer_drop_pages(descriptor)
      guard failure == 0 else { throw BenchError("the cache of \(path) cannot be dropped (errno \(failure))") }
    }
  }
}
