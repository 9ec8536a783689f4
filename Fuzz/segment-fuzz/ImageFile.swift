import SegmentFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file that is the fuzzer's input. Nothing can be written to it.
final class ImageFile: StorageFile {
  private let image: [UInt8]

  init(_ image: [UInt8]) { self.image = image }

  func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(FileError) -> Int {
    guard offset < UInt64(image.count) else { return 0 }
    let start = Int(offset)
    let count = min(buffer.byteCount, image.count - start)
    unsafe buffer.withUnsafeMutableBytes { target in
      for place in 0..<count { unsafe target[place] = image[start + place] }
    }
    return count
  }

  func facts() throws(FileError) -> FileFacts {
    FileFacts(kind: .file, size: UInt64(image.count), inode: 1, owner: 0, links: 1, allocated: UInt64(image.count))
  }

  func write(_ bytes: RawSpan, at offset: UInt64) throws(FileError) { throw refused(.write) }
  func syncData() throws(FileError) { throw refused(.sync) }
  func truncate(to size: UInt64) throws(FileError) { throw refused(.truncate) }
  func punchHole(at offset: UInt64, count: UInt64) throws(FileError) { throw refused(.punchHole) }
  func close() {}

  private func refused(_ operation: FileError.Operation) -> FileError {
    FileError(operation, path: "image", errno: EROFS)
  }
}
