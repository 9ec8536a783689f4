/// The batches that a batches file lists.
struct ListedBatches: BatchSource {
  /// A file as far as it was read.
  struct Open {
    var lines: LineReader
    var file: RecordingFile
    var checksum: UInt32
    var copy: Int
    var line = 0
  }

  private let list: BatchList
  private let places: [String: Int]
  private var files: [Open]
  private var place = 0
  private(set) var linesLeftOut = 0

  /// `places` tells each window's file.
  init(_ list: BatchList, _ places: [String: Int], _ files: [Open]) {
    self.list = list
    self.places = places
    self.files = files
  }

  mutating func next() throws -> InputBatch? {
    while place < list.batches.count {
      let (index, batch) = (place, list.batches[place])
      place += 1
      guard let at = places[batch.window] else { continue }
      let path = files[at].file.path
      guard batch.firstLine >= files[at].line else {
        throw Failure(
          .failed, "batch \(index) begins at line \(batch.firstLine) of \(path), which an earlier one holds")
      }
      while files[at].line < batch.firstLine {
        guard try take(at) != nil else { throw Failure(.failed, "\(path) ends before batch \(index) of its list") }
        linesLeftOut += 1
      }
      var bytes: [UInt8] = []
      for _ in 0..<batch.lines {
        guard let line = try take(at) else { throw Failure(.failed, "\(path) ends in batch \(index) of its list") }
        bytes += line
      }
      if bytes.isEmpty { continue }
      return InputBatch(
        bytes: bytes, window: batch.window,
        id: InputBatch.id(files[at].checksum, copy: files[at].copy, index: index), path: path, line: batch.firstLine,
        time: batch.receivedMs)
    }
    for at in files.indices {
      while let line = try take(at) {
        if line.contains(where: { !Survey.isSpace($0) }) { linesLeftOut += 1 }
      }
    }
    return nil
  }

  private mutating func take(_ at: Int) throws -> [UInt8]? {
    guard let line = try files[at].lines.next() else { return nil }
    files[at].line += 1
    return line
  }
}
