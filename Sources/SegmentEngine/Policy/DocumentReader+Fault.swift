extension DocumentReader {
  /// What is not JSON, and where; at the byte to come unless another is given.
  func fault(_ expected: String, at place: Int? = nil) -> StoreError {
    let place = place ?? position
    var line = 1
    var column = 1
    // Columns count characters as editors do, not bytes: continuation bytes add none.
    for byte in bytes[..<place] {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return StoreError(
      .invalidPolicy,
      "not JSON at byte \(place) (line \(line), column \(column)): \(found(at: place)), \(expected)",
      location: .init(offset: UInt64(place)))
  }

  private func found(at place: Int) -> String {
    guard place < bytes.count else { return "the document ends" }
    let byte = bytes[place]
    if 0x21..<0x7F ~= byte { return "\(Character(Unicode.Scalar(byte))) was found" }
    return "byte 0x\(String(byte, radix: 16, uppercase: true)) was found"
  }
}
