extension ReplayStore {
  /// The newest version of the format that this engine knows. It reads all versions up to it, makes new stores in it, and
  /// writes to others in the version that they record: see `StoreInfo.formatVersion`.
  public static var newestFormatVersion: Int { Int(FormatVersion.newest) }
}
