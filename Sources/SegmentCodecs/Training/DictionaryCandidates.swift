/// Text fit for a dictionary, the least widespread first.
///
/// Every run is text that sessions of enough visitors have byte for byte, each 32-byte window of it. After each run
/// come one or more zero bytes, which no JSON text can have: a piece of content that reaches over the border of two
/// runs is no text of anybody, and does not bring back what stood between them.
package struct DictionaryCandidates: Sendable {
  package struct Run: Sendable, Equatable {
    /// Its place in `bytes`, without the zero bytes.
    package var range: Range<Int>
    /// Sessions that had it and its neighbours, on average over their bytes; too low where it was met often, and
    /// lowered for text that no new session has.
    package var spread: Double
  }

  /// All content, the most widespread last, nearest to the data.
  package let bytes: [UInt8]
  package let runs: [Run]
  package let report: SelectionReport

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
  init(_ selection: borrowing TextSelection, _ rule: PublicRule, _ options: TrainingOptions, _ report: SelectionReport)
  {
    let chains = Chain.confirmed(selection, rule, sessions: report.sessions)
    let order = chains.indices.sorted { (chains[$0].spread, $0) < (chains[$1].spread, $1) }
    var bytes: [UInt8] = []
    var runs: [Run] = []
    for index in order {
      let chain = chains[index]
      var last: Int?
      for piece in chain.pieces {
        // Pieces cut at a passage that is not public may overlap.
        if let last {
          let gap = max(1, min(piece.lowerBound - last, options.chainedGap))
          bytes.append(contentsOf: repeatElement(KeptText.separator, count: gap))
        }
        last = piece.upperBound
        let start = bytes.count
        bytes.append(contentsOf: selection.kept.bytes[piece])
        runs.append(Run(range: start..<bytes.count, spread: chain.spread))
      }
      bytes.append(KeptText.separator)
    }
    if bytes.count > options.contentLimit {
      let first = runs.first { bytes.count - $0.range.lowerBound <= options.contentLimit }
      let drop = first?.range.lowerBound ?? bytes.count
      bytes.removeSubrange(..<drop)
      runs = runs.filter { $0.range.lowerBound >= drop }.map {
        Run(range: $0.range.lowerBound - drop..<$0.range.upperBound - drop, spread: $0.spread)
      }
    }
    self.bytes = bytes
    self.runs = runs
    self.report = report
  }
}

/// Runs that belong together, cut down to what the exact count confirmed.
private struct Chain {
  /// Places in the kept text, in order. Two may overlap where a passage between them was not confirmed.
  var pieces: [Range<Int>]
  var spread: Double
  private var weight: Double
  private var newest: UInt32

  static func confirmed(_ selection: borrowing TextSelection, _ rule: PublicRule, sessions: Int) -> [Chain] {
    var chains: [Chain] = []
    var isBroken = true
    for run in selection.runs {
      let pieces = Self.pieces(of: run, selection, rule)
      // Neighbours of much different spread belong to different places in the order.
      if !run.isChained || chains.last.map({ !$0.isNear(run.spread) }) ?? true { isBroken = true }
      if pieces.isEmpty { continue }
      let weight = Double(run.parts.count)
      if isBroken {
        chains.append(Chain(pieces: pieces, spread: run.spread, weight: weight, newest: run.newest))
      } else {
        chains[chains.count - 1].append(pieces, spread: run.spread, weight: weight)
      }
      isBroken = false
    }
    // What only old sessions have is of a release before, likely, and is the first to go.
    for index in chains.indices {
      chains[index].spread *= 1 - 0.5 * Double(chains[index].newest - 1) / Double(max(sessions, 1))
    }
    return chains
  }

  private func isNear(_ other: Double) -> Bool { other <= 2 * spread && spread <= 2 * other }

  private mutating func append(_ more: [Range<Int>], spread moreSpread: Double, weight moreWeight: Double) {
    pieces += more
    spread = (spread * weight + moreSpread * moreWeight) / (weight + moreWeight)
    weight += moreWeight
  }

  /// The parts of a run where each passage that starts in it was seen, byte for byte, often enough.
  private static func pieces(
    of run: KeptRun, _ selection: borrowing TextSelection, _ rule: PublicRule
  ) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var open: Range<Int>?
    for part in selection.parts[run.parts] {
      let passage = selection.passages[Int(part.passage)]
      let start = Int(part.offset)
      let end = start + Int(passage.length)
      if passage.isPublic(rule) {
        open = (open?.lowerBound ?? start)..<max(open?.upperBound ?? 0, end)
      } else if let piece = open {
        pieces.append(piece)
        open = nil
      }
    }
    if let open { pieces.append(open) }
    return pieces
  }
}
