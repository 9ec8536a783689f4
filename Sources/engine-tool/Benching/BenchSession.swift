import SegmentCodecs

/// A file to measure on: one session's events.
struct BenchSession: Sendable, Equatable {
  var path: String
  /// The file's name without its endings; sessions are sorted by it.
  var name: String
  /// Its size as it lies there, in bytes.
  var fileBytes: UInt64
  /// Its content, decompressed, in bytes.
  var bytes: Int

  /// Sessions are held whole, one at a time; a larger one is refused, in bytes.
  static let largest = CodecLimits.longestContent

  /// Reads the file once, to know that it can be read and how much it holds. Throws `Failure`, which names it.
  init(_ path: String) throws {
    self.path = path
    name = RecordingFile(path).stem
    fileBytes = try InputFile.size(of: path)
    let survey = try Survey(path)
    guard survey.bytes > 0 else { throw Failure(.failed, "\(path) is empty") }
    guard survey.bytes <= UInt64(Self.largest) else {
      let most = Units.bytes(UInt64(Self.largest))
      throw Failure(.failed, "\(path) holds over \(most), more than a session may have here")
    }
    bytes = Int(survey.bytes)
  }

  /// The content, decompressed. Throws `Failure`, also where the file has changed its length meanwhile.
  func content() throws -> [UInt8] {
    let source = try ContentSource.open(path)
    var content: [UInt8] = []
    content.reserveCapacity(bytes)
    while content.count <= bytes {
      let chunk = try source.next()
      if chunk.isEmpty { break }
      content += chunk
    }
    guard content.count == bytes else { throw Failure(.failed, "\(path) was changed while it was measured") }
    return content
  }
}

extension [BenchSession] {
  /// Bytes of all of them, decompressed.
  var rawBytes: UInt64 { reduce(0) { $0 + UInt64($1.bytes) } }
}
