/// Where the engine takes random numbers from (names of files, salts), so that tests can repeat them.
package protocol RandomSource: Sendable {
  /// Fills all of `bytes`.
  func fill(_ bytes: inout MutableRawSpan)
  /// 64 evenly distributed bits.
  func next() -> UInt64
}

extension RandomSource {
  /// `count` random bytes.
  package func bytes(_ count: Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count)
    var elements = result.mutableSpan
    var raw = unsafe elements.mutableBytes
    fill(&raw)
    return result
  }

  package func fill(_ bytes: inout MutableRawSpan) {
    unsafe bytes.withUnsafeMutableBytes { buffer in
      var word: UInt64 = 0
      for index in buffer.indices {
        if index % 8 == 0 { word = next() }
        unsafe buffer[index] = UInt8(truncatingIfNeeded: word)
        word >>= 8
      }
    }
  }
}

/// The generator of the operating system, fit for names that must not be guessed or meet again.
package struct SystemRandomSource: RandomSource {
  package init() {}

  package func next() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
}
