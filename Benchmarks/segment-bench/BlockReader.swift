import CSegmentZstd
import Foundation
import SegmentEngine

/// Reads and decompresses blocks with nothing around it: the limit for playback and export.
@safe final class BlockReader {
  private let root: String
  private let context: OpaquePointer
  private var descriptors: [String: Int32] = [:]
  private var frame = [UInt8](repeating: 0, count: 1 << 20)
  private var content = [UInt8](repeating: 0, count: 1 << 20)

  init(_ layout: Layout) throws {
    root = layout.root
    guard let context = unsafe ZSTD_createDCtx() else { throw BenchError("no memory") }
    unsafe self.context = context
  }

  deinit {
    for descriptor in descriptors.values { close(descriptor) }
    unsafe ZSTD_freeDCtx(context)
  }

  /// Opens the file of a block, so that reading it later costs one pread.
  func open(_ block: ByteRanges.Block) throws {
    if descriptors[block.file] != nil { return }
    let descriptor = unsafe Foundation.open("\(root)/\(block.file)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BenchError("\(block.file) cannot be opened") }
    descriptors[block.file] = descriptor
  }

  /// The file of a block, opened.
  func descriptor(of block: ByteRanges.Block) throws -> Int32 {
    try open(block)
    return descriptors[block.file] ?? -1
  }

  /// pread and ZSTD_decompressDCtx into memory that is kept. Returns the raw length.
  func read(_ block: ByteRanges.Block, from descriptor: Int32) throws -> Int {
    if frame.count < block.length { frame = [UInt8](repeating: 0, count: block.length * 2) }
    if content.count < block.rawLength { content = [UInt8](repeating: 0, count: block.rawLength * 2) }
    let count = unsafe pread(descriptor, &frame, block.length, off_t(block.offset))
    guard count == block.length else { throw BenchError("a block could not be read") }
    if block.codec == "none" { return count }
    return try decompressed(
      unsafe ZSTD_decompressDCtx(context, &content, content.count, frame, block.length), block)
  }

  /// ZSTD_decompressDCtx alone, of a frame in memory.
  func decompress(_ frame: [UInt8], _ block: ByteRanges.Block) throws -> Int {
    if block.codec == "none" { return frame.count }
    if content.count < block.rawLength { content = [UInt8](repeating: 0, count: block.rawLength * 2) }
    return try decompressed(unsafe ZSTD_decompressDCtx(context, &content, content.count, frame, frame.count), block)
  }

  /// A frame as it is stored.
  func frame(_ block: ByteRanges.Block) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: block.length)
    let count = unsafe pread(try descriptor(of: block), &bytes, block.length, off_t(block.offset))
    guard count == block.length else { throw BenchError("a block could not be read") }
    return bytes
  }

  private func decompressed(_ length: Int, _ block: ByteRanges.Block) throws -> Int {
    guard length == block.rawLength else { throw BenchError("a block does not decompress") }
    return length
  }
}
