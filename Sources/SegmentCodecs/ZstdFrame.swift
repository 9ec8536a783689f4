import CSegmentZstd

/// What the header of a zstd frame says, and how far the frame reaches (RFC 8878, section 3.1.1).
package struct ZstdFrame: Sendable, Equatable {
  /// Bytes of the whole frame, found by following its block headers.
  package var byteCount: Int
  package var headerByteCount: Int
  /// Bytes the frame says it decodes to; nil when it does not say.
  package var contentSize: UInt64?
  /// Bytes a decoder that streams must keep.
  package var windowSize: UInt64
  /// The dictionary it names; 0 when it names none.
  package var dictionaryID: UInt32
  package var hasChecksum: Bool

  /// Reads the frame that `bytes` begin with; more may follow it. Takes time linear in its number of blocks.
  /// Throws `.corrupt` for anything but a whole frame of the current format, so also for skippable frames.
  package init(at bytes: RawSpan) throws(CodecError) {
    var header = ZSTD_frameHeader()
    let (status, length) = unsafe bytes.withUnsafeBytes { source in
      unsafe (
        ZSTD_getFrameHeader(&header, source.baseAddress, source.count),
        ZSTD_findFrameCompressedSize(source.baseAddress, source.count)
      )
    }
    guard try ZstdLibrary.checked(status, "reading a frame's header") == 0,
      header.frameType == ZSTD_frame
    else { throw CodecError(.zstd, .corrupt, "the bytes are not a frame") }
    byteCount = try ZstdLibrary.checked(length, "measuring a frame")
    headerByteCount = Int(header.headerSize)
    contentSize = header.frameContentSize == UInt64.max ? nil : header.frameContentSize
    windowSize = header.windowSize
    dictionaryID = header.dictID
    hasChecksum = header.checksumFlag != 0
  }

  /// No frame of this length decodes to more: a block takes at least 3 bytes of header and one of content, and
  /// yields at most 128 KiB.
  var longestContent: Int { ((byteCount - headerByteCount) / 4 + 1) * (128 << 10) }
}
