extension PackRemains {
  /// The locators of a pack whose footer or locators are lost, made again from what is left of its directory: each entry
  /// stands for itself. Segments whose entries are lost too are not among them. Reads the directory, and where the footer
  /// is gone the headers of segments.
  static func locators(of pack: PackFile) throws(StoreError) -> LocatorTable {
    var remains = try PackRemains(pack)
    try remains.find()
    var locators: [Locator] = []
    for range in remains.places.compactMap(\.entry) where range.upperBound <= UInt64(UInt32.max) {
      let (offset, length) = (UInt32(range.lowerBound), UInt32(range.count))
      guard let entry = try pack.readEntry(offset: offset, length: length) else { continue }
      locators.append(Locator(of: entry, offset: offset, length: length))
    }
    return LocatorTable(locators)
  }
}
