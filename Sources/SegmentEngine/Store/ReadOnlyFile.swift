internal import SegmentFiles

/// A file that stands for another one while that is read, and refuses all that would change it.
protocol ReadOnlyFile: StorageFile {
  /// What errors call it.
  var refusingName: String { get }
}

extension ReadOnlyFile {
  func write(_ bytes: RawSpan, at offset: UInt64) throws(FileError) { try refuse(.write) }
  func syncData() throws(FileError) { try refuse(.sync) }
  func truncate(to size: UInt64) throws(FileError) { try refuse(.truncate) }
  func punchHole(at offset: UInt64, count: UInt64) throws(FileError) { try refuse(.punchHole) }

  private func refuse(_ operation: FileError.Operation) throws(FileError) {
    throw FileError(operation, path: refusingName, errno: ErrorNumber.notPermitted)
  }
}
