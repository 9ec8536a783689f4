#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Writes what each target begins with (Fuzz/corpus).
enum Seeds {
  static func write(to folder: String) {
    for target in FuzzTarget.all {
      let own = "\(folder)/\(target.name)"
      _ = unsafe mkdir(own, 0o755)
      for (number, bytes) in target.seeds().enumerated() {
        guard let file = unsafe fopen("\(own)/seed-\(number)", "wb") else { fatalError("cannot write to \(own)") }
        let written = unsafe fwrite(bytes, 1, bytes.count, file)
        require(unsafe fclose(file) == 0 && written == bytes.count, "cannot write to \(own)")
      }
    }
  }
}
