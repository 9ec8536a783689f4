import CRocksDB

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The operator that merges summaries of sessions.
enum RocksDBMerge {
  typealias Operands = UnsafePointer<UnsafePointer<CChar>?>
  typealias Lengths = UnsafePointer<Int>

  /// The options that it is given to own it.
  static func make() -> OpaquePointer? {
    unsafe rocksdb_mergeoperator_create(
      nil, { _ in },
      { _, _, _, existing, existingLength, operands, lengths, count, succeeded, newLength in
        unsafe RocksDBMerge.merge(existing, existingLength, operands, lengths, count, succeeded, newLength)
      },
      { _, _, _, operands, lengths, count, succeeded, newLength in
        unsafe RocksDBMerge.merge(nil, 0, operands, lengths, count, succeeded, newLength)
      },
      { _, value, _ in unsafe free(UnsafeMutablePointer(mutating: value)) },
      { _ in unsafe RocksDBMerge.name })
  }

  /// Lives as long as the process, as the library keeps no copy.
  nonisolated(unsafe) private static let name: UnsafePointer<CChar> = unsafe UnsafePointer(strdup("session summary"))

  private static func merge(
    _ existing: UnsafePointer<CChar>?, _ existingLength: Int, _ operands: Operands?, _ lengths: Lengths?,
    _ count: Int32,
    _ succeeded: UnsafeMutablePointer<UInt8>?, _ newLength: UnsafeMutablePointer<Int>?
  ) -> UnsafeMutablePointer<CChar>? {
    var merged = unsafe existing.flatMap { unsafe RocksDBSummary([UInt8](lent: $0, count: existingLength)) }
    var sound = unsafe existing == nil || merged != nil
    for place in 0..<Int(count) {
      guard let operands = unsafe operands, let lengths = unsafe lengths,
        let operand = unsafe RocksDBSummary([UInt8](lent: operands[place], count: lengths[place]))
      else {
        sound = false
        break
      }
      merged?.merge(operand)
      merged = merged ?? operand
    }
    let bytes = merged?.bytes ?? []
    guard sound, !bytes.isEmpty, let copy = unsafe malloc(bytes.count) else {
      unsafe succeeded?.pointee = 0
      unsafe newLength?.pointee = 0
      return nil
    }
    unsafe copy.copyMemory(from: bytes, byteCount: bytes.count)
    unsafe succeeded?.pointee = 1
    unsafe newLength?.pointee = bytes.count
    return unsafe copy.assumingMemoryBound(to: CChar.self)
  }
}
