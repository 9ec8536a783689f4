/// Bytes that are not what FORMAT.md says they are.
package struct FormatError: Error, Sendable, Equatable {
  package enum Reason: Sendable {
    /// The bytes end inside a value.
    case truncated
    /// A number is larger than the format or the bytes at hand allow.
    case tooLarge(StaticString)
    case invalid(StaticString)
    case wrongMagic
    case wrongChecksum
    /// Written by a newer version than this one knows.
    case newerVersion(UInt16)
  }
  package var reason: Reason
  /// Offset in the bytes that were decoded.
  package var offset: Int

  package init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  package static func == (a: FormatError, b: FormatError) -> Bool {
    a.offset == b.offset && a.text == b.text
  }

  /// What is wrong, for people.
  package var text: String {
    switch reason {
    case .truncated: "it ends too early"
    case .tooLarge(let what): "\(what) is larger than it can be"
    case .invalid(let what): "\(what) is not valid"
    case .wrongMagic: "it does not begin as it should"
    case .wrongChecksum: "its checksum is wrong"
    case .newerVersion(let version): "it is of format version \(version), newer than this engine"
    }
  }
}
