internal import SegmentFiles

extension PackFile {
  /// Whether the frame of a block is what it should be, piece by piece through `ahead`, which reads this pack: the frame as
  /// a whole is wanted nowhere. Throws what `readFrame` does.
  func checkFrame(_ block: BlockEntry, of session: SessionKey, through ahead: ReadAheadFile) throws(StoreError) {
    guard block.frameOffset + UInt64(block.stored) <= facts.fileBytes else {
      throw .damaged("a block lies outside of its pack", file: name, offset: block.frameOffset)
    }
    try readTwice(ahead) { () throws(StoreError) in
      var sum = Checksum.place(id, block.frameOffset)
      let passed = try inStore(layout) { () throws(FileError) in
        try ahead.pass(block.stored, at: block.frameOffset) { sum = Checksum.continued(sum, $0) }
      }
      guard passed == block.stored else {
        throw .damaged(
          "the file is cut short inside a block", file: name, offset: block.frameOffset + UInt64(passed))
      }
      guard sum == block.frameChecksum else { throw wrongChecksum(of: block, session) }
    }
  }
}
