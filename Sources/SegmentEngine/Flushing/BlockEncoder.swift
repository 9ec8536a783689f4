internal import SegmentCodecs
internal import SegmentFiles

/// Compresses blocks on their way into a pack.
final class BlockEncoder {
  let tier: PackFacts.Tier
  private let configuration: Configuration
  private let compressor: ZstdCompressor

  /// Throws `.ioFailed` where there is no memory for it.
  init(_ tier: PackFacts.Tier, _ configuration: Configuration) throws(StoreError) {
    self.tier = tier
    self.configuration = configuration
    do {
      compressor = try ZstdCompressor(
        level: tier == .recent ? configuration.recentLevel : configuration.archiveLevel)
    } catch {
      throw StoreError(.ioFailed, "a compressor could not be made: \(error.detail)")
    }
  }

  /// Cuts blocks for this tier.
  func builder() -> BlockBuilder {
    switch tier {
    case .recent:
      BlockBuilder(target: configuration.recentBlockBytes, keyframeBytes: configuration.recentBlockBytes / 4)
    case .archive:
      BlockBuilder(target: configuration.archiveBlockBytes, keyframeBytes: configuration.archiveBlockBytes / 4 * 3)
    }
  }

  /// Compresses a block and adds it to the segment that `writer` is in; as it is where that is not longer.
  /// A dictionary is the first of the segment's list.
  func write(_ block: BlockBuilder.Block, _ dictionary: ZstdDictionary?, to writer: PackWriter) throws(StoreError) {
    var entry = block.entry
    var frame: [UInt8] = []
    do {
      _ = try unsafe compressor.compress(block.content.span.bytes, dictionary: dictionary, appendingTo: &frame)
    } catch {
      throw StoreError(.ioFailed, "a block could not be compressed: \(error.detail)")
    }
    if frame.count < block.content.count {
      entry.codec = .zstd
      entry.dictionary = dictionary == nil ? 0 : 1
    } else {
      entry.codec = .none
      frame = block.content
    }
    try inStore(writer.layout) { () throws(FileError) in try writer.add(entry, frame: frame) }
  }
}
