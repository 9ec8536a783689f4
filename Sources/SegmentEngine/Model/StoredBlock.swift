/// The name of a block in the store: its pack and its place there. It is good as long as the pack is.
public struct BlockID: Hashable, Sendable, LosslessStringConvertible {
  let pack: Identifier
  let offset: UInt64

  init(pack: Identifier, offset: UInt64) {
    self.pack = pack
    self.offset = offset
  }

  /// `PACK-OFFSET`: 32 hexadecimal digits, a hyphen and a decimal number, fit for a part of an address.
  public var description: String { "\(pack)-\(offset)" }

  /// Reads what `description` writes; nil for anything else.
  public init?(_ description: String) {
    let parts = description.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let pack = Identifier(String(parts[0])), let offset = UInt64(parts[1]) else { return nil }
    self.init(pack: pack, offset: offset)
  }
}

/// A block as it is stored: a zstd frame whose content is NDJSON, decodable with nothing but its dictionary.
public struct StoredBlock: Sendable, Hashable {
  /// The frame, or the content itself where `codec` is `none`.
  public let bytes: [UInt8]
  /// Length of the content, bytes.
  public let rawLength: Int
  /// `zstd`, or `none` where the content is stored as it is.
  public let codec: String
  /// The dictionary it needs; nil for none.
  public let dictionary: DictionaryID?
}
