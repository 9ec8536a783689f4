import CSegmentShims

/// The second pass: keeps public text once, in runs as long as they come, and counts exactly, by comparing bytes, who
/// had what it keeps.
struct TextSelection {
  private let options: TrainingOptions
  private let rule: PublicRule
  private(set) var kept = KeptText()
  private(set) var passages: [KeptPassage] = []
  private(set) var parts: [KeptRun.Part] = []
  private(set) var runs: [KeptRun] = []
  private var open: OpenRun?
  /// Public passages after the open run's last new one, kept elsewhere already.
  private var waiting: [(start: Int, passage: UInt32)] = []
  private var wasPrivate = false
  /// Where the last kept run of this text ended, nil when there is none.
  private var lastEnd: Int?
  /// Passages of this text were seen for all windows that start before here.
  private var covered = 0
  /// A run goes on that the next portion may belong to.
  var isOpen: Bool { open != nil }

  /// A run that may still grow. Positions are offsets in the session's text at hand.
  private struct OpenRun {
    var textStart: Int
    /// The end of what is kept of it.
    var textEnd: Int
    var keptStart: Int
    var firstPassage: Int
    var firstPart: Int
    var spread: Double
    var isCut: Bool
    var isChained: Bool
    var keptBefore: Int
  }

  init(_ options: TrainingOptions, _ rule: PublicRule) {
    self.options = options
    self.rule = rule
  }

  /// Text is kept beyond the limit, so that the most widespread can be chosen from it.
  private var isFull: Bool { kept.bytes.count >= 2 * options.contentLimit }

  var memory: Int {
    kept.bytes.capacity + passages.capacity * MemoryLayout<KeptPassage>.stride
      + parts.capacity * MemoryLayout<KeptRun.Part>.stride + runs.capacity * MemoryLayout<KeptRun>.stride
  }

  /// Goes through the passages of one portion, which starts at `portion` in `text`. `places` are theirs in `table`.
  /// Portions of one text come in order, or are passed over by `skip`. True when the portion needs not be gone through
  /// again.
  mutating func take(
    _ found: UnsafeBufferPointer<segment_training_passage>, places: [UInt32], in table: PassageTable,
    text: UnsafeRawBufferPointer, portion: Int, portionSessions: UInt32, order: borrowing VisitorOrder
  ) -> Bool {
    var settled = true
    for index in 0..<found.count {
      let passage = unsafe found[index]
      let start = portion + Int(passage.start)
      let range = start..<start + Int(passage.length)
      if start > covered { end(privateText: true, table) }
      covered = start + Int(passage.step)
      let place = places[index]
      guard place != .max else {
        end(privateText: true, table)
        continue
      }
      var entry = table[place]
      let spread = max(Double(entry.sessions), Double(portionSessions))
      if entry.last != 0 {
        let known = entry.last - 1
        guard unsafe kept.holds(text, range, at: Int(passages[Int(known)].offset)) else {
          end(privateText: true, table)
          continue
        }
        passages[Int(known)].see(order)
        if !passages[Int(known)].isPublic(rule) { settled = false }
        if let run = open {
          if start > run.textEnd + options.joinedGap {
            end(privateText: false, table)
          } else {
            waiting.append((start, known))
          }
        }
        wasPrivate = false
      } else if isFull && open == nil {
        continue
      } else {
        settled = false
        let new = unsafe keep(range, of: text, place: place, spread: spread, table)
        passages[new].see(order)
        entry.last = UInt32(new) + 1
        table[place] = entry
      }
    }
    return settled
  }

  private mutating func keep(
    _ range: Range<Int>, of text: UnsafeRawBufferPointer, place: UInt32, spread: Double, _ table: PassageTable
  ) -> Int {
    if let run = open, range.lowerBound > run.textEnd + options.joinedGap { end(privateText: false, table) }
    var run = open ?? openRun(at: range.lowerBound)
    for (start, passage) in waiting {
      parts.append(KeptRun.Part(offset: UInt32(run.keptStart + start - run.textStart), passage: passage))
      run.spread += Double(table[passages[Int(passage)].place].sessions)
    }
    waiting.removeAll(keepingCapacity: true)
    if range.upperBound > run.textEnd {
      unsafe kept.append(text, run.textEnd..<range.upperBound)
      run.textEnd = range.upperBound
    }
    let offset = run.keptStart + range.lowerBound - run.textStart
    parts.append(KeptRun.Part(offset: UInt32(offset), passage: UInt32(passages.count)))
    passages.append(KeptPassage(offset: offset, length: range.count, place: place))
    run.spread += spread
    open = run
    wasPrivate = false
    return passages.count - 1
  }

  private mutating func openRun(at start: Int) -> OpenRun {
    let before = kept.bytes.count
    var isChained = false
    var gap = 1
    if let lastEnd, start <= lastEnd + options.chainedGap {
      isChained = true
      gap = max(1, start - lastEnd)
    }
    kept.separate(gap)
    return OpenRun(
      textStart: start, textEnd: start, keptStart: kept.bytes.count, firstPassage: passages.count,
      firstPart: parts.count, spread: 0, isCut: wasPrivate, isChained: isChained, keptBefore: before)
  }

  /// Positions start again.
  mutating func endText(_ table: PassageTable) {
    end(privateText: false, table)
    lastEnd = nil
    covered = 0
  }

  /// Passes over text that was gone through before, up to `offset`.
  mutating func skip(to offset: Int) { covered = offset }

  /// Ends the run that is open, if any. One that is too short is taken back.
  mutating func end(privateText: Bool, _ table: PassageTable) {
    defer {
      waiting.removeAll(keepingCapacity: true)
      open = nil
      wasPrivate = privateText
    }
    guard let run = open else { return }
    let shortest = run.isCut || privateText ? options.shortestCutRun : options.shortestRun
    guard run.textEnd - run.textStart >= shortest else {
      for passage in passages[run.firstPassage...] { table[passage.place].last = 0 }
      passages.removeSubrange(run.firstPassage...)
      parts.removeSubrange(run.firstPart...)
      kept.truncate(to: run.keptBefore)
      return
    }
    lastEnd = run.textEnd
    runs.append(
      KeptRun(
        parts: run.firstPart..<parts.count, isChained: run.isChained,
        spread: run.spread / Double(parts.count - run.firstPart),
        newest: passages[run.firstPassage].last))
  }
}
