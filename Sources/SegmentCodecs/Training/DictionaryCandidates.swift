/// Text fit for a dictionary, the least widespread first.
///
/// Every run is text that sessions of enough visitors have byte for byte, each 32-byte window of it. After each run
/// comes a zero byte, which no session's text can have: a piece of content that reaches over the border of two runs
/// is no text of anybody.
package struct DictionaryCandidates: Sendable {
  package struct Run: Sendable, Equatable {
    /// Its place in `bytes`, without the zero byte.
    package var range: Range<Int>
    /// Sessions that had it, on average over the run; too low where it was met often.
    package var spread: Double
  }

  /// All content, the most widespread last, nearest to the data.
  package let bytes: [UInt8]
  package let runs: [Run]
  package let report: TrainingReport

  /// The most widespread runs whose bytes are together at most `limit`, most widespread last. Empty when not even
  /// the last run fits. Linear in the number of runs left out.
  package func content(limit: Int) -> [UInt8] {
    guard bytes.count > limit else { return bytes }
    for run in runs where bytes.count - run.range.lowerBound <= limit { return Array(bytes[run.range.lowerBound...]) }
    return []
  }
}

extension DictionaryCandidates {
  /// Cuts out of the selected runs what the exact count did not confirm, and puts the rest in order.
  init(_ selection: borrowing TextSelection, _ rule: PublicRule, _ options: TrainingOptions, _ report: TrainingReport) {
    var pieces: [(range: Range<Int>, spread: Double, newest: UInt32)] = []
    for run in selection.runs {
      var piece: Range<Int>?
      for part in selection.parts[run.parts] {
        let passage = selection.passages[Int(part.passage)]
        let range = Int(part.offset)..<Int(part.offset) + Int(passage.length)
        if passage.isPublic(rule) {
          piece = (piece?.lowerBound ?? range.lowerBound)..<max(piece?.upperBound ?? 0, range.upperBound)
        } else if let done = piece {
          pieces.append((done, run.spread, run.newest))
          piece = nil
        }
      }
      if let piece { pieces.append((piece, run.spread, run.newest)) }
    }
    var order = pieces.indices.filter { pieces[$0].range.count >= options.shortestRun }
    order.sort { (pieces[$0].spread, $0) < (pieces[$1].spread, $1) }
    var room = options.contentLimit
    var first = order.endIndex
    while first > 0, pieces[order[first - 1]].range.count < room {
      first -= 1
      room -= pieces[order[first]].range.count + 1
    }
    var bytes: [UInt8] = []
    var runs: [Run] = []
    bytes.reserveCapacity(options.contentLimit - room)
    for index in order[first...] {
      let piece = pieces[index]
      let start = bytes.count
      bytes.append(contentsOf: selection.kept.bytes[piece.range])
      runs.append(Run(range: start..<bytes.count, spread: piece.spread))
      bytes.append(KeptText.separator)
    }
    self.bytes = bytes
    self.runs = runs
    self.report = report
  }
}
