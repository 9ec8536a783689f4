import Foundation

/// A recording's `batches.json`: what each flush of the recorder held, and when it was received.
struct BatchList: Decodable, Sendable {
  /// A flush: lines of the file of its window.
  struct Batch: Decodable, Sendable {
    var receivedMs: Double
    var window: String
    var firstLine: Int
    var lines: Int

    enum CodingKeys: String, CodingKey {
      case receivedMs = "receive_ms"
      case window
      case firstLine = "first_line"
      case lines
    }
  }

  /// A window and its file.
  struct Window: Decodable, Sendable {
    var window: String
    var file: String?
  }

  /// The session's ID, where it says.
  var session: String?
  /// The windows, where it lists them.
  var windows: [Window]?
  /// The flushes in order of receipt.
  var batches: [Batch]

  private static let largest = 64 << 20

  /// Reads a batches file. Throws `Failure`.
  static func read(_ path: String) throws -> BatchList {
    let list: BatchList
    do {
      list = try JSONDecoder().decode(BatchList.self, from: Data(InputFile.contents(of: path, limit: largest)))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(
        .failed, "\(path) is not a batches file: it needs batches, each with receive_ms, window, first_line and lines")
    }
    let possible = 0..<(1 << 40)
    guard list.batches.allSatisfy({ possible.contains($0.firstLine) && possible.contains($0.lines) }) else {
      throw Failure(.failed, "\(path) has a batch with impossible line numbers")
    }
    return list
  }

  /// The windows in order of their first flush.
  var windowNames: [String] {
    var seen: Set<String> = []
    return batches.map(\.window).filter { seen.insert($0).inserted }
  }

  /// Which of `files` each window's lines are in: the one the list of windows names, or else the one whose name ends in
  /// `.WINDOW`, or else the only one. Throws `Failure` where a window has none, or a file no window.
  func assign(_ files: [RecordingFile], _ path: String) throws -> [String: Int] {
    var places: [String: Int] = [:]
    for window in windowNames {
      let named = windows?.first { $0.window == window }?.file.map(RecordingFile.name(of:))
      let place =
        named.flatMap { name in files.firstIndex { $0.name == name } }
        ?? files.firstIndex { $0.stem.hasSuffix(".\(window)") }
        ?? (files.count == 1 ? 0 : nil)
      guard let place else { throw Failure(.usage, "no file is given for window \(window) of \(path)") }
      places[window] = place
    }
    if let spare = files.indices.first(where: { !places.values.contains($0) }) {
      throw Failure(.usage, "\(files[spare].path) is of no window of \(path)")
    }
    return places
  }
}
