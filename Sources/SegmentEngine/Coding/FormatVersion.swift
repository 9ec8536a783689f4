/// The versions of the format that this engine knows (FORMAT.md "Versions and limits").
///
/// A store's own version is that of its catalog's pages. No file of the store is of a higher one, whoever writes it: so
/// an older engine reads what a newer one wrote beside it.
package enum FormatVersion {
  /// The newest one: new stores have it, and no higher one is read.
  package static let newest: UInt16 = 1

  /// Reads a file's version, at `offset` of what is decoded. None is below 1.
  static func read(_ reader: inout ByteReader, at offset: Int) throws(FormatError) -> UInt16 {
    let version = try reader.u16()
    guard version <= newest else { throw FormatError(.newerVersion(version), at: offset) }
    guard version > 0 else { throw FormatError(.invalid("version"), at: offset) }
    return version
  }
}
