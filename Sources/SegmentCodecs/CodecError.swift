/// Why bytes could not be compressed or decompressed.
package struct CodecError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Codec: String, Sendable {
    case lz4 = "LZ4"
    case zstd
  }

  package enum Reason: String, Sendable {
    /// The bytes are not what an encoder of this codec writes.
    case corrupt
    /// The bytes decode, or claim to decode, to another length than the caller knows.
    case wrongLength
    /// The frame names another dictionary than the one given, or one of the two names none.
    case wrongDictionary
    /// No memory for a context, a dictionary or its tables. (Swift's arrays trap instead.)
    case outOfMemory
    /// A level, a length or a property of the frame that this module does not deal with.
    case unsupported
  }

  package var codec: Codec
  package var reason: Reason
  /// One sentence for people, without the codec's name.
  package var detail: String

  package init(_ codec: Codec, _ reason: Reason, _ detail: String) {
    self.codec = codec
    self.reason = reason
    self.detail = detail
  }

  package var description: String { "\(codec.rawValue): \(detail)" }
}
