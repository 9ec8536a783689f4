import CRocksDB

/// Calls the library, which reports what failed through the pointer; throws that and frees it.
func rocksDB<Result>(
  _ what: @autoclosure () -> String, _ call: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) throws -> Result {
  var message: UnsafeMutablePointer<CChar>?
  let result = unsafe call(&message)
  if let message = unsafe message {
    defer { unsafe rocksdb_free(message) }
    throw PeerError("RocksDB cannot \(what()): \(unsafe String(cString: message))")
  }
  return result
}

/// Bytes as C strings with lengths, the way the library takes them.
extension [UInt8] {
  func withChars<Result>(_ body: (UnsafePointer<CChar>?, Int) throws -> Result) rethrows -> Result {
    try unsafe withUnsafeBytes { try unsafe body($0.bindMemory(to: CChar.self).baseAddress, $0.count) }
  }

  /// Copies what the library lends.
  init(lent chars: UnsafePointer<CChar>?, count: Int) {
    unsafe self.init(UnsafeRawBufferPointer(start: chars, count: chars == nil ? 0 : count))
  }
}
