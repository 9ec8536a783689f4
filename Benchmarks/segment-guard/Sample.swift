import SegmentCodecs
import SegmentFiles
import SegmentScanner

/// A recording of Samples/, in batches of 20 events; of one with two windows these take turns.
struct Sample {
  struct Batch {
    var window: String
    var bytes: [UInt8]
    var events: Int
  }

  var name: String
  var batches: [Batch]

  var bytes: Int { batches.reduce(0) { $0 + $1.bytes.count } }
  var events: Int { batches.reduce(0) { $0 + $1.events } }
  var ndjson: [UInt8] { batches.flatMap(\.bytes) }

  /// Few and small, since each run reads them, but of each kind of page, and one of two windows.
  static let chosen = ["dashboard/dashboard-05", "editor/editor-02", "shop/shop-09"]
  private static let eventsPerBatch = 20

  static func load(_ folder: String) throws -> [Sample] {
    try chosen.map { path in
      let name = String(path.split(separator: "/")[1])
      let parent = "\(folder)/\(path.split(separator: "/")[0])"
      var windows: [[Batch]] = []
      for file in try POSIXFileSystem().list(parent) where file.hasPrefix("\(name).") && file.hasSuffix(".ndjson.zst") {
        let window = file.dropFirst(name.count + 1).prefix { $0 != "." }
        windows.append(try cut(try contents("\(parent)/\(file)"), window == "ndjson" ? "" : String(window)))
      }
      guard !windows.isEmpty else { throw GuardError("there is no recording \(path) in \(folder)") }
      var batches: [Batch] = []
      for turn in 0..<(windows.map(\.count).max() ?? 0) {
        for window in windows where turn < window.count { batches.append(window[turn]) }
      }
      return Sample(name: name, batches: batches)
    }
  }

  private static func contents(_ path: String) throws -> [UInt8] {
    let file = try POSIXFileSystem().open(path, .read)
    let bytes = try file.readBytes(at: 0, count: Int(try file.facts().size))
    guard let length = try unsafe ZstdFrame(at: bytes.span.bytes).contentSize else {
      throw GuardError("\(path) does not state its length")
    }
    return try unsafe ZstdDecompressor().decompress(bytes.span.bytes, rawLength: Int(length), dictionary: nil)
  }

  private static func cut(_ bytes: [UInt8], _ window: String) throws -> [Batch] {
    var batches: [Batch] = []
    var start = 0
    var events = 0
    for (at, byte) in bytes.enumerated() where byte == 0x0A || at == bytes.count - 1 {
      events += 1
      if events == eventsPerBatch || at == bytes.count - 1 {
        batches.append(Batch(window: window, bytes: Array(bytes[start...at]), events: events))
        start = at + 1
        events = 0
      }
    }
    return batches
  }
}

/// What keeps a path from running.
struct GuardError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
