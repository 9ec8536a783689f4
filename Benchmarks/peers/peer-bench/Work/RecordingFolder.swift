import Foundation

/// Reads a folder of recordings: `SITE-NUMBER.ndjson` or `SITE-NUMBER.WINDOW.ndjson`, plain or `.zst`, with
/// `SITE-NUMBER.batches.json` beside them. What has no such file is left out.
enum RecordingFolder {
  private struct Described: Decodable {
    struct Part: Decodable {
      var window: String
      var firstLine: Int
      var lines: Int
      var receiveMs: Double?
    }
    var batches: [Part]
  }

  /// The recordings, their times moved to a day of the work.
  static func load(_ folder: String, day: Int) throws -> [Recording] {
    guard let paths = FileManager.default.enumerator(atPath: folder) else {
      throw BenchError("there is no folder \(folder); name one by --recordings")
    }
    var files: [String: [String: String]] = [:]
    for case let path as String in paths {
      var name = (path as NSString).lastPathComponent
      if name.hasSuffix(".zst") { name.removeLast(4) }
      guard name.hasSuffix(".ndjson") else { continue }
      name.removeLast(7)
      let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
      guard let base = parts.first else { continue }
      let stem = ((path as NSString).deletingLastPathComponent as NSString).appendingPathComponent(base)
      files[stem, default: [:]][parts.count > 1 ? parts[1] : ""] = "\(folder)/\(path)"
    }
    var recordings: [Recording] = []
    for (stem, windows) in files.sorted(by: { $0.key < $1.key }) {
      let name = (stem as NSString).lastPathComponent
      guard let dash = name.lastIndex(of: "-"), let number = Int(name[name.index(after: dash)...]),
        let data = FileManager.default.contents(atPath: "\(folder)/\(stem).batches.json")
      else { continue }
      let flushes = try flushes(windows, data, "\(folder)/\(stem)", day: day)
      if flushes.isEmpty { continue }
      recordings.append(Recording(site: String(name[..<dash]), number: number, flushes: flushes))
    }
    guard recordings.count >= 6 else {
      throw BenchError("\(folder) has fewer than 6 recordings named SITE-NUMBER with a .batches.json each")
    }
    return recordings
  }

  private static func flushes(
    _ windows: [String: String], _ description: Data, _ path: String, day: Int
  ) throws -> [Recording.Flush] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let parts = try decoder.decode(Described.self, from: description).batches
    var lines: [String: [ArraySlice<UInt8>]] = [:]
    for (window, path) in windows { lines[window] = Lines.split(try contents(path)) }
    let received = parts.compactMap(\.receiveMs).min() ?? 0
    var flushes: [Recording.Flush] = []
    for (place, part) in parts.enumerated() {
      guard let all = lines[part.window] ?? lines[""], part.firstLine >= 0, part.lines >= 0,
        part.firstLine <= all.count - part.lines
      else {
        throw BenchError("\(path).batches.json names lines of window \(part.window) that are not there")
      }
      var bytes: [UInt8] = []
      for line in all[part.firstLine..<part.firstLine + part.lines] {
        bytes += line
        bytes.append(0x0A)
      }
      if bytes.isEmpty { continue }
      flushes.append(
        .init(
          window: part.window, offset: part.receiveMs.map { Int64($0 - received) } ?? Int64(5_000 * place), first: 0,
          last: 0, events: 0, keyframe: nil, bytes: bytes))
    }
    return Dating.moved(flushes, to: day)
  }

  private static func contents(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else { throw BenchError("\(path) cannot be read") }
    return path.hasSuffix(".zst") ? try Zstd.decompress([UInt8](data), path) : [UInt8](data)
  }
}

/// What keeps the benchmark from running, or what is wrong with what a peer did.
struct BenchError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
