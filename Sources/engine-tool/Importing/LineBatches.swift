import Foundation

/// NDJSON cut into batches as a recorder might have sent them.
struct LineBatches: BatchSource {
  /// A batch ends before it has more than so many bytes or lines; a single line may be longer.
  static let largest = 1_000_000
  static let longest = 1_000

  /// Where a recorder flushes every so many milliseconds.
  static let flushInterval = 5_000.0

  /// The one part of an event that is looked at.
  private struct Timed: Decodable {
    var timestamp: Double
  }

  private var lines: LineReader
  private let file: RecordingFile
  private let checksum: UInt32
  private let copy: Int
  /// Also cut by the time of events.
  private let isTimed: Bool
  private var held: (bytes: [UInt8], time: Double?)?
  private var index = 0
  private var line = 0
  private let decoder = JSONDecoder()

  init(_ lines: LineReader, _ file: RecordingFile, checksum: UInt32, copy: Int, isTimed: Bool) {
    self.lines = lines
    self.file = file
    self.checksum = checksum
    self.copy = copy
    self.isTimed = isTimed
  }

  mutating func next() throws -> InputBatch? {
    let firstLine = line
    var bytes: [UInt8] = []
    var time: Double?
    var hasEvent = false
    while let (next, at) = try take() {
      let isLate = if let time, let at { abs(at - time) >= Self.flushInterval } else { false }
      if hasEvent, bytes.count + next.count > Self.largest || line - firstLine >= Self.longest || isLate {
        held = (next, at)
        break
      }
      bytes += next
      line += 1
      time = time ?? at
      hasEvent = hasEvent || next.contains { !Survey.isSpace($0) }
    }
    // Nothing but empty lines is no batch.
    guard hasEvent else { return nil }
    defer { index += 1 }
    return InputBatch(
      bytes: bytes, window: file.window, id: InputBatch.id(checksum, copy: copy, index: index), path: file.path,
      line: firstLine, time: time)
  }

  private mutating func take() throws -> (bytes: [UInt8], time: Double?)? {
    if let held {
      self.held = nil
      return held
    }
    guard let bytes = try lines.next() else { return nil }
    return (bytes, isTimed ? try? decoder.decode(Timed.self, from: Data(bytes)).timestamp : nil)
  }
}

/// A JSON array: one batch, since cutting it would take a parser.
struct ArrayBatch: BatchSource {
  /// Larger ones are refused, in bytes.
  static let largest: UInt64 = 64 << 20

  private let source: any ByteSource
  private let file: RecordingFile
  private let id: String
  private var isDone = false

  init(_ source: any ByteSource, _ file: RecordingFile, _ survey: Survey, copy: Int) throws {
    guard survey.bytes <= Self.largest else {
      throw Failure(
        .failed,
        "\(file.path) is a JSON array of \(Units.bytes(survey.bytes)), and arrays are taken up to "
          + "\(Units.bytes(Self.largest)): convert it to NDJSON (jq -c '.[]')")
    }
    self.source = source
    self.file = file
    id = InputBatch.id(survey.checksum, copy: copy, index: 0)
  }

  mutating func next() throws -> InputBatch? {
    if isDone { return nil }
    isDone = true
    var bytes: [UInt8] = []
    while true {
      let chunk = try source.next()
      if chunk.isEmpty { break }
      bytes += chunk
    }
    return InputBatch(bytes: bytes, window: file.window, id: id, path: file.path, line: 0)
  }
}
