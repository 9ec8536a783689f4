/// Compares what the engine gives back with the file it came from.
enum BenchText {
  /// Throws `Failure` where the blocks, one behind the other, are not the file's events.
  ///
  /// The engine keeps events byte for byte, but not what stands between them: empty lines, a missing last line feed, and
  /// the brackets, commas and line breaks of a JSON array. Where the bytes differ, they are compared without those.
  static func check(_ blocks: [[UInt8]], against session: BenchSession) throws {
    let expected = try session.content()
    if isEqual(blocks, expected) { return }
    guard blocks.joined().lazy.filter(isContent).elementsEqual(expected.lazy.filter(isContent)) else {
      throw Failure(.failed, "the store did not give \(session.path) back as it was")
    }
  }

  private static func isEqual(_ blocks: [[UInt8]], _ expected: [UInt8]) -> Bool {
    var rest = expected[...]
    for block in blocks {
      guard rest.prefix(block.count) == block[...] else { return false }
      rest = rest.dropFirst(block.count)
    }
    return rest.isEmpty
  }

  private static func isContent(_ byte: UInt8) -> Bool {
    !Survey.isSpace(byte) && byte != UInt8(ascii: "[") && byte != UInt8(ascii: "]") && byte != UInt8(ascii: ",")
  }
}
