import CSegmentZstd
import Foundation
import SegmentEngine

/// Reads and decompresses blocks that need dictionaries, with nothing around it.
@safe final class DictionaryBlockReader {
  private let root: String
  private let context: OpaquePointer
  private var tables: [DictionaryID: OpaquePointer] = unsafe [:]
  private var descriptors: [String: Int32] = [:]
  private var frame = [UInt8](repeating: 0, count: 1 << 20)
  private var content = [UInt8](repeating: 0, count: 8 << 20)

  /// Opens the files and digests the dictionaries that blocks need, so that reading one later costs one pread.
  init(_ layout: Layout, _ blocks: [ByteRanges.Block], _ store: ReplayStore) async throws {
    root = layout.root
    guard let context = unsafe ZSTD_createDCtx() else { throw BenchError("no memory") }
    unsafe self.context = context
    for block in blocks {
      if descriptors[block.file] == nil {
        let descriptor = unsafe Foundation.open("\(root)/\(block.file)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BenchError("\(block.file) cannot be opened") }
        descriptors[block.file] = descriptor
      }
      guard let id = block.dictionary, unsafe tables[id] == nil else { continue }
      let bytes = try await store.dictionary(id)
      guard let made = unsafe ZSTD_createDDict(bytes, bytes.count) else { throw BenchError("no memory") }
      unsafe tables[id] = made
    }
  }

  deinit {
    for descriptor in descriptors.values { close(descriptor) }
    unsafe tables.values.forEach { unsafe ZSTD_freeDDict($0) }
    unsafe ZSTD_freeDCtx(context)
  }

  /// pread and ZSTD_decompress_usingDDict into memory that is kept. Returns the raw length.
  func read(_ block: ByteRanges.Block) throws -> Int {
    if frame.count < block.length { frame = [UInt8](repeating: 0, count: block.length * 2) }
    if content.count < block.rawLength { content = [UInt8](repeating: 0, count: block.rawLength * 2) }
    let count = unsafe pread(descriptors[block.file] ?? -1, &frame, block.length, off_t(block.offset))
    guard count == block.length else { throw BenchError("a block could not be read") }
    if block.codec == "none" { return count }
    let table: OpaquePointer? = unsafe block.dictionary.flatMap { unsafe tables[$0] }
    let length = unsafe ZSTD_decompress_usingDDict(context, &content, content.count, frame, block.length, table)
    guard length == block.rawLength else { throw BenchError("a block does not decompress") }
    return length
  }
}
