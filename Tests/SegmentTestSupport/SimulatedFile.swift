import SegmentFiles

/// An open file of a simulated process.
final class SimulatedFile: StorageFile {
  private let disk: SimulatedDisk
  private let process: Int
  private let number: Int
  private let path: String

  init(disk: SimulatedDisk, process: Int, handle: Int, path: String) {
    self.disk = disk
    self.process = process
    number = handle
    self.path = path
  }

  deinit {
    close()
  }

  func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(FileError) -> Int {
    let (number, path, count) = (number, path, buffer.byteCount)
    let (image, range) = try disk.perform(.read, path, process: process, " \(offset)+\(count)") {
      (state, fault) throws(FileError) in
      state.read(try state.handle(number, .read, path), at: offset, count: count, fault: fault)
    }
    unsafe buffer.withUnsafeMutableBytes { target in
      unsafe image.withUnsafeBytes { source in
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range]))
      }
    }
    return range.count
  }

  func write(_ bytes: RawSpan, at offset: UInt64) throws(FileError) {
    let (number, path) = (number, path)
    let copy = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
    try disk.perform(.write, path, process: process, " \(offset)+\(copy.count)") {
      (state, fault) throws(FileError) in
      try state.write(try state.writableHandle(number, .write, path), copy, at: offset, fault: fault)
    }
  }

  func syncData() throws(FileError) {
    let (number, path) = (number, path)
    try disk.perform(.sync, path, process: process) { (state, fault) throws(FileError) in
      try state.sync(try state.handle(number, .sync, path), fault: fault)
    }
  }

  func truncate(to size: UInt64) throws(FileError) {
    let (number, path) = (number, path)
    try disk.perform(.truncate, path, process: process, " \(size)") { (state, _) throws(FileError) in
      try state.truncate(try state.writableHandle(number, .truncate, path), to: size)
    }
  }

  func punchHole(at offset: UInt64, count: UInt64) throws(FileError) {
    let (number, path) = (number, path)
    try disk.perform(.punchHole, path, process: process, " \(offset)+\(count)") { (state, _) throws(FileError) in
      try state.punchHole(try state.writableHandle(number, .punchHole, path), at: offset, count: count)
    }
  }

  func facts() throws(FileError) -> FileFacts {
    let (number, path) = (number, path)
    return try disk.perform(.facts, path, process: process) { (state, _) throws(FileError) in
      state.facts(try state.handle(number, .facts, path).node)
    }
  }

  func close() {
    disk.state.withLock { $0.closeHandle(number) }
    // It may have been a lock's file.
    disk.state.broadcast()
  }
}
