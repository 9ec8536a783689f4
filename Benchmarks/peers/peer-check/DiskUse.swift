import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

enum DiskUse {
  /// Bytes that the files in a folder take of the file system.
  static func allocated(_ folder: String) -> Int {
    guard let paths = FileManager.default.enumerator(atPath: folder) else { return 0 }
    var sum = 0
    for case let path as String in paths {
      var status = stat()
      // Files come and go while a peer works behind.
      guard unsafe lstat("\(folder)/\(path)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      sum += Int(status.st_blocks) * 512
    }
    return sum
  }

  /// Puts bytes behind the ends of files, as a crash within a write leaves them.
  static func tear(_ folder: String, suffixes: [String]) throws -> Int {
    guard let paths = FileManager.default.enumerator(atPath: folder) else { return 0 }
    var torn = 0
    for case let path as String in paths where suffixes.contains(where: path.hasSuffix) {
      guard let handle = FileHandle(forWritingAtPath: "\(folder)/\(path)") else { continue }
      try handle.seekToEnd()
      try handle.write(contentsOf: Data([0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 3, 0x55]))
      try handle.close()
      torn += 1
    }
    return torn
  }
}
