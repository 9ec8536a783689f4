import SegmentFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension DiskState {
  /// An open file, or `EBADF` when it was closed.
  func handle(_ number: Int, _ operation: FileError.Operation, _ path: String) throws(FileError) -> Handle {
    guard let handle = handles[number] else { throw FileError(operation, path: path, errno: EBADF) }
    return handle
  }

  /// As `handle`, for a call that changes the file.
  func writableHandle(_ number: Int, _ operation: FileError.Operation, _ path: String) throws(FileError) -> Handle {
    let handle = try handle(number, operation, path)
    guard handle.isWritable else { throw FileError(operation, path: path, errno: EBADF) }
    return handle
  }

  /// Opens a file that was found or made.
  mutating func openHandle(_ node: Int, _ path: String, process: Int, isWritable: Bool) -> Int {
    nodes[node].handles += 1
    defer { nextHandle += 1 }
    handles[nextHandle] = Handle(process: process, node: node, path: path, isWritable: isWritable)
    return nextHandle
  }

  mutating func closeHandle(_ number: Int) {
    guard let handle = handles.removeValue(forKey: number) else { return }
    // As in POSIX, a lock goes with the open file that has it.
    if holds[handle.node] == number { holds[handle.node] = nil }
    nodes[handle.node].handles -= 1
    releaseIfDead(handle.node)
  }

  mutating func kill(_ process: Int) {
    killedProcesses.insert(process)
    for number in handles.keys.sorted() where handles[number]?.process == process { closeHandle(number) }
  }

  /// The whole image and the range of it that a read gets: handing out the image copies nothing.
  mutating func read(
    _ handle: Handle, at offset: UInt64, count: Int, fault: Fault.Kind?
  ) -> (image: [UInt8], range: Range<Int>) {
    let image = nodes[handle.node].current.bytes
    guard let start = Int(exactly: offset), start < image.count, count > 0 else { return ([], 0..<0) }
    let range = start..<min(image.count, start + min(count, image.count))
    switch fault {
    case .bitFlipOnRead:
      var wrong = Array(image[range])
      wrong[random.below(wrong.count)] ^= 1 << UInt8(random.below(8))
      return (wrong, 0..<wrong.count)
    case .misdirectedRead:
      return (misdirected(from: handle.node, range), 0..<range.count)
    default:
      return (image, range)
    }
  }

  /// Bytes of whole sectors elsewhere: in the same file, or in another where this one has a single sector.
  private mutating func misdirected(from node: Int, _ range: Range<Int>) -> [UInt8] {
    var source = nodes[node].current.bytes
    var start = range.lowerBound
    let sectors = (source.count + ContentReplay.sectorSize - 1) / ContentReplay.sectorSize
    if sectors > 1 {
      start += (1 + random.below(sectors - 1)) * ContentReplay.sectorSize
    } else if let other = nodes.indices.first(where: { $0 != node && nodes[$0].current.size > 0 }) {
      source = nodes[other].current.bytes
    } else {
      return random.bytes(range.count)
    }
    return (0..<range.count).map { source[(start + $0) % source.count] }
  }

  mutating func write(
    _ handle: Handle, _ bytes: [UInt8], at offset: UInt64, fault: Fault.Kind?
  ) throws(FileError) {
    guard !bytes.isEmpty else { return }
    let start = try checkedSize(offset, .write, handle)
    _ = try checkedSize(UInt64(start) + UInt64(bytes.count), .write, handle)
    var count = bytes.count
    if case .shortWrite = fault { count = random.below(bytes.count) }
    let wanted = nodes[handle.node].current.unallocatedPages(in: start..<start + count)
    let free = freePages
    // The part before the first page that finds no space.
    if wanted.count > free { count = max(0, wanted[free] * FileImage.pageSize - start) }
    if count > 0 {
      let stored = count == bytes.count ? bytes : Array(bytes.prefix(count))
      change(handle.node, .write(offset: start, bytes: stored))
    }
    if count < bytes.count { throw FileError(.write, path: handle.path, errno: ENOSPC) }
  }

  mutating func truncate(_ handle: Handle, to size: UInt64) throws(FileError) {
    change(handle.node, .resize(try checkedSize(size, .truncate, handle)))
  }

  mutating func punchHole(_ handle: Handle, at offset: UInt64, count: UInt64) throws(FileError) {
    let size = UInt64(nodes[handle.node].current.size)
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard !overflow else { throw FileError(.punchHole, path: handle.path, errno: EFBIG) }
    guard count > 0, offset < size else { return }
    // What lies beyond the end is zeros already.
    change(handle.node, .punch(Int(offset)..<Int(min(end, size))))
  }

  mutating func sync(_ handle: Handle, fault: Fault.Kind?) throws(FileError) {
    switch fault {
    case .failedSyncLosesDirtyData: nodes[handle.node].pending.removeAll()
    case .failedSyncRevertsDirtyData: revert(handle.node)
    default: return nodes[handle.node].sync()
    }
    throw FileError(.sync, path: handle.path, errno: EIO)
  }

  func facts(_ node: Int) -> FileFacts {
    let found = nodes[node]
    return FileFacts(
      kind: found.isDirectory ? .directory : .file, size: UInt64(found.current.size), inode: UInt64(node + 1),
      owner: geteuid(), links: UInt64(found.links),
      allocated: UInt64(found.current.allocatedPages * FileImage.pageSize))
  }

  /// What is not durable is forgotten, by the cache too.
  private mutating func revert(_ node: Int) {
    nodes[node].pending.removeAll()
    usedPages -= nodes[node].current.allocatedPages
    nodes[node].current = nodes[node].durable
    usedPages += nodes[node].current.allocatedPages
  }

  private mutating func change(_ node: Int, _ change: ContentChange) {
    usedPages -= nodes[node].current.allocatedPages
    nodes[node].change(change)
    usedPages += nodes[node].current.allocatedPages
  }

  private func checkedSize(
    _ value: UInt64, _ operation: FileError.Operation, _ handle: Handle
  ) throws(FileError) -> Int {
    guard value <= UInt64(FileImage.sizeLimit) else {
      throw FileError(operation, path: handle.path, errno: EFBIG)
    }
    return Int(value)
  }
}
