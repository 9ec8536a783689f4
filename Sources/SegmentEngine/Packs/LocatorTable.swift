/// The locators of a pack as they stand in its file (FORMAT.md "Locator"): checked once, then decoded one by one where they
/// are wanted, without ever being an array of their own.
package struct LocatorTable: RandomAccessCollection, Sendable {
  /// The locators are the first `count` x `Locator.size` of these bytes; never fewer are there.
  private let bytes: [UInt8]
  package let count: Int

  /// Takes the locators that `bytes` begins with; what follows them is not looked at. They must be in order of hash and
  /// point into the directory, else `.invalid` is thrown with the offset of the first that does not. O(n).
  package init(_ bytes: [UInt8], count: Int, directory: Range<UInt64>) throws(FormatError) {
    guard count >= 0, count <= bytes.count / Locator.size else { throw FormatError(.truncated, at: bytes.count) }
    self.bytes = bytes
    self.count = count
    var previous: UInt64 = 0
    let sound = visit(from: 0) { locator in
      let isSound =
        locator.hash >= previous && UInt64(locator.offset) >= directory.lowerBound
        && UInt64(locator.offset) + UInt64(locator.length) <= directory.upperBound
      previous = locator.hash
      return isSound
    }
    guard sound == count else { throw FormatError(.invalid("locator"), at: sound * Locator.size) }
  }

  /// The locators of a pack that is being written, in any order.
  init(_ locators: [Locator]) {
    var writer = ByteWriter(reserving: locators.count * Locator.size)
    for locator in locators.sorted(by: { ($0.hash, $0.offset) < ($1.hash, $1.offset) }) {
      locator.encode(into: &writer)
    }
    bytes = writer.bytes
    count = locators.count
  }

  /// As they stand in the file.
  var encoded: ArraySlice<UInt8> { bytes[..<(count * Locator.size)] }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(index: Int) -> Locator {
    precondition(index >= 0 && index < count)
    return unsafe bytes.withUnsafeBytes { unsafe Self.load($0, index * Locator.size) }
  }

  /// Index of the first locator whose hash is `hash` or higher, or `count`. O(log n), and few of the bytes are touched:
  /// hashes are evenly spread, so it is looked for from the place on where it should be.
  func lowerBound(_ hash: UInt64) -> Int {
    guard count > 0 else { return 0 }
    let guess = Int(hash.multipliedFullWidth(by: UInt64(count)).high)
    var low = guess
    var step = 16
    while low > 0, self[low].hash >= hash {
      low = Swift.max(0, low - step)
      step *= 2
    }
    var high = guess
    step = 16
    while high < count, self[high].hash < hash {
      high = Swift.min(count, high + step)
      step *= 2
    }
    while low < high {
      let middle = (low + high) / 2
      if self[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Calls `body` with one after the other from `start` on, until it returns false; bounds are checked once, not for
  /// each. Returns the index of the one it returned false for, or `count`.
  @inline(__always)
  func visit(from start: Int, _ body: (Locator) -> Bool) -> Int {
    unsafe bytes.withUnsafeBytes { raw in
      // Holds by `init`: all that is read below lies within the bytes.
      precondition(start >= 0 && count * Locator.size <= raw.count)
      var index = start
      while index < count, unsafe body(Self.load(raw, index * Locator.size)) { index += 1 }
      return index
    }
  }

  /// The locator at an offset; that it lies within `raw` is checked by the caller.
  @inline(__always)
  private static func load(_ raw: UnsafeRawBufferPointer, _ at: Int) -> Locator {
    unsafe Locator(
      hash: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)),
      offset: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: at + 8, as: UInt32.self)),
      length: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self)),
      start: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: at + 16, as: UInt32.self)),
      end: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: at + 20, as: UInt32.self)))
  }
}
