package import SegmentFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Looking at files and damaging them from outside: no operation is counted, and what is changed is durable.
extension SimulatedDisk {
  /// What calls throw once the power is gone.
  static let powerLost: Int32 = EIO

  /// Paths of all files, directories left out, sorted by their parts.
  package func paths() -> [String] {
    state.withLock { state in
      var paths: [String] = []
      state.visit { path, node in
        if !state.nodes[node].isDirectory { paths.append(path) }
      }
      return paths
    }
  }

  /// What a read of the whole file gives; nil where there is no file.
  package func contents(_ path: String) -> [UInt8]? {
    state.withLock { state in
      guard let node = try? state.node(at: path, .read), !state.nodes[node].isDirectory else { return nil }
      return state.nodes[node].current.bytes
    }
  }

  /// Replaces a file's content, or makes the file, durably with its name. Its directory must exist.
  package func setContents(_ path: String, _ bytes: [UInt8]) throws(FileError) {
    try state.withLock { (state) throws(FileError) -> Void in
      if try state.node(at: path, .create) == nil {
        let capacity = state.settings.capacity
        state.settings.capacity = nil
        defer { state.settings.capacity = capacity }
        _ = try state.create(path, isDirectory: false, .create)
        if let change = state.pendingNames.popLast() { state.makeDurable(change) }
      }
      try state.damage(path) { $0 = FileImage(bytes) }
    }
  }

  /// Cuts or extends a file.
  package func truncateFile(_ path: String, to size: Int) throws(FileError) {
    try state.withLock { (state) throws(FileError) -> Void in try state.damage(path) { $0.setSize(size) } }
  }

  /// Turns one bit (0 is the lowest). A place beyond the end stays as it is.
  package func flipBit(_ path: String, byte: Int, bit: Int) throws(FileError) {
    try state.withLock { (state) throws(FileError) -> Void in
      try state.damage(path) { if byte < $0.size { $0.flip(byte: byte, bit: bit) } }
    }
  }

  /// A hash over all names and contents as they are seen now. Equal in every run for equal disks.
  package func fingerprint() -> UInt64 {
    state.withLock { $0.fingerprint() }
  }
}

extension DiskState {
  /// Changes what a file holds now, and makes it durable.
  fileprivate mutating func damage(_ path: String, _ change: (inout FileImage) -> Void) throws(FileError) {
    guard let node = try node(at: path, .write) else { throw FileError(.write, path: path, errno: ENOENT) }
    guard !nodes[node].isDirectory else { throw FileError(.write, path: path, errno: EISDIR) }
    usedPages -= nodes[node].current.allocatedPages
    // Let go of the second image first, or changing the first would copy it.
    nodes[node].durable = FileImage()
    nodes[node].pending = []
    change(&nodes[node].current)
    nodes[node].durable = nodes[node].current
    usedPages += nodes[node].current.allocatedPages
  }
}
