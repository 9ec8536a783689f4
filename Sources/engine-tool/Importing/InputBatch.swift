/// A batch as it is appended.
struct InputBatch: Sendable {
  /// NDJSON, or a JSON array.
  var bytes: [UInt8]
  /// The window it comes from.
  var window: String
  /// Made of the file's checksum and the batch's place: the same file gives the same IDs again.
  var id: String
  /// The file, for messages.
  var path: String
  /// Line of its first event in the file, from 0.
  var line: Int
  /// When it was recorded, milliseconds since 1970; nil where nobody asked or it does not say.
  var time: Double?

  static func id(_ checksum: UInt32, copy: Int, index: Int) -> String {
    let digits = String(checksum, radix: 16)
    let name = String(repeating: "0", count: 8 - digits.utf8.count) + digits
    return copy == 0 ? "import-\(name)-\(index)" : "import-\(name).\(copy)-\(index)"
  }
}

/// Batches of a recording, in the order in which they are appended.
protocol BatchSource {
  /// The next batch; nil at the end. Throws `Failure`.
  mutating func next() throws -> InputBatch?

  /// Lines that no batch holds, known at the end.
  var linesLeftOut: Int { get }
}

extension BatchSource {
  var linesLeftOut: Int { 0 }
}
