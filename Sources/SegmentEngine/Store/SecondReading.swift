internal import SegmentFiles

/// Reads again, from the disk itself, what does not fit its checksum: one wrong read must not be taken for damage, for
/// which sessions would be taken for empty or journals be laid aside. What is wrong twice is damage.
func readTwice<Result>(
  _ file: any StorageFile, _ body: () throws(StoreError) -> Result
) throws(StoreError) -> Result {
  do throws(StoreError) { return try body() } catch {
    guard error.code == .damaged else { throw error }
    file.forgetCached()
    return try body()
  }
}
