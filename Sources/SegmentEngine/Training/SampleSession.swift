/// A session that a dictionary may be trained on or measured with: where its packed segments are.
struct SampleSession: Sendable {
  var key: SessionKey
  var visitor: String
  var lastReceived: Double
  var rawBytes: UInt64
  /// In order of sequence.
  var parts: [PackedPart]
}

extension StoreCore {
  /// Goes through the text of a session block by block, up to about `limit` bytes; each block is whole lines.
  func forEachBlock(
    of session: SampleSession, limit: Int,
    _ body: (_ content: [UInt8], _ block: BlockEntry, _ pack: PackFacts) throws(StoreError) -> Void
  ) throws(StoreError) {
    var left = limit
    for part in session.parts {
      let pack = try packs.pack(part.pack)
      for block in part.entry.blocks {
        if left <= 0 { return }
        let content = try content(
          of: block, in: pack, dictionaries: part.entry.dictionaries, session: part.entry.session)
        try body(content, block, part.pack)
        left -= content.count
      }
    }
  }
}
