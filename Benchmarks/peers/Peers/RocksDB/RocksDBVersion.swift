#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Which library is linked. Its C interface does not tell, but the name of the file that is mapped does.
enum RocksDBVersion {
  static let text: String = {
    guard let maps = unsafe fopen("/proc/self/maps", "r") else { return "of unknown version" }
    defer { unsafe fclose(maps) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { unsafe free(line) }
    while unsafe getline(&line, &capacity, maps) > 0 {
      guard let text = unsafe line.map({ unsafe String(cString: $0) }) else { break }
      let parts = text.split(separator: "librocksdb.so.")
      if parts.count == 2 { return String(parts[1].prefix { $0.isNumber || $0 == "." }) }
    }
    return "of unknown version"
  }()
}
