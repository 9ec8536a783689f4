import Foundation
import SegmentCodecs

/// What a recorder's flush delivered.
struct RecordedBatch: Sendable {
  var window: String
  var bytes: [UInt8]
  var events: Int
  /// When it was received, milliseconds after the session's first.
  var offset = 0.0
}

/// A session as it was recorded, in the order in which its batches were received.
struct Recording: Sendable {
  var name: String
  var batches: [RecordedBatch]

  var bytes: Int { batches.reduce(0) { $0 + $1.bytes.count } }
}

/// A folder of recordings: `NAME.ndjson` or `NAME.WINDOW.ndjson`, plain or `.zst`, with `NAME.batches.json` beside them.
/// Without that file every 40 events make a batch.
enum Recordings {
  private struct Batches: Decodable {
    struct Batch: Decodable {
      var window: String
      var firstLine: Int
      var lines: Int
      var receiveMs: Double?
    }
    var batches: [Batch]
  }

  static func load(_ folder: String) throws -> [Recording] {
    var files: [String: [String: String]] = [:]
    guard let paths = FileManager.default.enumerator(atPath: folder) else {
      throw BenchError("there is no folder \(folder)")
    }
    for case let path as String in paths {
      var name = (path as NSString).lastPathComponent
      if name.hasSuffix(".zst") { name.removeLast(4) }
      guard name.hasSuffix(".ndjson") else { continue }
      name.removeLast(7)
      let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
      let base = ((path as NSString).deletingLastPathComponent as NSString).appendingPathComponent(parts[0])
      files[base, default: [:]][parts.count > 1 ? parts[1] : ""] = "\(folder)/\(path)"
    }
    var recordings: [Recording] = []
    for (base, windows) in files.sorted(by: { $0.key < $1.key }) {
      var lines: [String: [ArraySlice<UInt8>]] = [:]
      for (window, path) in windows { lines[window] = try split(contents(path)) }
      let batches: [RecordedBatch]
      if let data = FileManager.default.contents(atPath: "\(folder)/\(base).batches.json") {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let described = try decoder.decode(Batches.self, from: data).batches
        let first = described.compactMap(\.receiveMs).min() ?? 0
        batches = described.enumerated().compactMap { place, batch in
          guard let all = lines[batch.window] ?? lines[""], batch.firstLine + batch.lines <= all.count else {
            return nil
          }
          var joined = join(all[batch.firstLine..<batch.firstLine + batch.lines], batch.window)
          joined.offset = batch.receiveMs.map { $0 - first } ?? 5_000 * Double(place)
          return joined
        }
      } else {
        batches = lines.sorted { $0.key < $1.key }.flatMap { window, all in
          stride(from: 0, to: all.count, by: 40).map { first in
            var joined = join(all[first..<min(first + 40, all.count)], window)
            joined.offset = 5_000 * Double(first / 40)
            return joined
          }
        }
      }
      recordings.append(
        Recording(name: (base as NSString).lastPathComponent, batches: batches.filter { !$0.bytes.isEmpty }))
    }
    guard !recordings.isEmpty else { throw BenchError("there are no recordings in \(folder)") }
    return recordings
  }

  private static func contents(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else { throw BenchError("\(path) cannot be read") }
    let bytes = [UInt8](data)
    guard path.hasSuffix(".zst") else { return bytes }
    guard let length = try unsafe ZstdFrame(at: bytes.span.bytes).contentSize else {
      throw BenchError("\(path) does not state its length")
    }
    return try unsafe ZstdDecompressor().decompress(bytes.span.bytes, rawLength: Int(length), dictionary: nil)
  }

  private static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.split(separator: 0x0A, omittingEmptySubsequences: true)
  }

  private static func join(_ lines: ArraySlice<ArraySlice<UInt8>>, _ window: String) -> RecordedBatch {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(lines.reduce(0) { $0 + $1.count + 1 })
    for line in lines {
      bytes += line
      bytes.append(0x0A)
    }
    return RecordedBatch(window: window, bytes: bytes, events: lines.count)
  }
}

/// What keeps the benchmark from running.
struct BenchError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
