import CSegmentShims

/// Chooses the content of a dictionary: whole passages that a project's sessions share, and none of one visitor's.
///
/// Two passes over the same sessions, newest first, all sessions of one visitor one after the other:
/// `beginSession(of:)`, then `add(_:)` for its text part by part; after the last, `beginSelection()`, and the same
/// again; then `finish()`. The first pass counts passages by their hashes in bounded memory; the second keeps those
/// that meet the rule (see `TrainingOptions`) and counts them again, comparing every byte, so that chance
/// or intent cannot make private text look public. What is taken for public is seen as a whole, at least 32 bytes
/// at a time, in the sessions that count.
///
/// Memory: `TrainingOptions.memoryLimit` in the first pass; in the second about six times `contentLimit` at most;
/// 12 MB for text met before. Speed: some hundreds of MB a second where sessions resemble one another.
package struct DictionaryTrainer: ~Copyable {
  private let options: TrainingOptions
  private let cutter: TextCutter
  private let table: PassageTable
  private var order = VisitorOrder()
  private var portions = PortionMemory()
  private var countedPortions = PortionMemory()
  private var rule: PublicRule
  private var selection: TextSelection?
  private var counts = false
  private var places = [UInt32](repeating: 0, count: Int(SEGMENT_TRAINING_MOST_MARKS))
  package private(set) var report = SelectionReport()

  /// `plannedSessions` and `plannedVisitors` are how many will come at most: a text that reaches its share of these
  /// need not be counted any further. `key` is secret and random, fresh for each training.
  package init(_ options: TrainingOptions, plannedSessions: Int, plannedVisitors: Int, key: HashKey) {
    precondition((1...255).contains(options.minimumVisitors) && (1...255).contains(options.minimumUnknown))
    precondition(options.minimumUnknown >= options.minimumVisitors)
    precondition((0...1).contains(options.minimumShare) && (0...(256 << 20)).contains(options.contentLimit))
    precondition(plannedSessions < 1 << 31)
    self.options = options
    cutter = TextCutter(key: key)
    table = PassageTable(memoryLimit: options.memoryLimit)
    rule = PublicRule(options, sessions: plannedSessions, visitors: plannedVisitors)
  }

  /// Begins the next session. False when it does not count, as its visitor's other sessions came earlier and not just
  /// before, or as visitors have to be known: its text is then passed over.
  @discardableResult
  package mutating func beginSession(of visitor: TrainingVisitor) -> Bool {
    counts = !(options.visitorsOnly && visitor == .unknown) && order.begin(visitor)
    return counts
  }

  /// Takes the next part of the session: whole lines, best cut alike in both passes. Nothing is kept of text
  /// that lies across two parts. Linear.
  package mutating func add(_ text: RawSpan) {
    guard counts else { return }
    report.givenBytes += text.byteCount
    unsafe text.withUnsafeBytes { text in
      if selection == nil { unsafe count(text) } else { unsafe select(text) }
    }
  }

  private mutating func count(_ text: UnsafeRawBufferPointer) {
    let tableRule = rule.forTable
    var at = 0
    while at < text.count {
      let portion = unsafe cutter.portion(of: text, at: at)
      if !portions.isKnown(portion.hash, session: order.session) {
        unsafe cutter.findPassages(in: text, at: at)
        if unsafe table.count(cutter.passages, in: order, rule: tableRule) == 0 { portions.settle(portion.hash) }
        report.examinedBytes += portion.length
      }
      at += portion.length
    }
  }

  private mutating func select(_ text: UnsafeRawBufferPointer) {
    guard var selection = selection.take() else { return }
    var at = 0
    while at < text.count {
      let portion = unsafe cutter.portion(of: text, at: at)
      if portions.isKnown(portion.hash, session: order.session), !selection.isOpen {
        selection.skip(to: at + portion.length)
      } else {
        unsafe cutter.findPassages(in: text, at: at)
        unsafe table.find(cutter.passages, places: &places)
        let settled = unsafe selection.take(
          cutter.passages, places: places, in: table, text: text, portion: at,
          portionSessions: countedPortions.sessions(portion.hash), order: order)
        if settled { portions.settle(portion.hash) }
        report.examinedBytes += portion.length
      }
      at += portion.length
    }
    selection.endText(table)
    self.selection = selection
  }

  /// Ends the counting; the same sessions follow once more. The share is that of the sessions which were counted.
  package mutating func beginSelection() {
    precondition(selection == nil, "the selection began already")
    report.sessions = Int(order.session)
    report.visitors = order.visitors
    report.passages = table.count
    report.forgottenPassages = table.forgotten
    rule = PublicRule(options, sessions: report.sessions, visitors: report.visitors)
    table.keep(rule.forTable)
    report.publicPassages = table.count
    report.peakMemory = table.peakMemory + portions.memory
    countedPortions = portions
    portions = PortionMemory()
    order = VisitorOrder()
    counts = false
    selection = TextSelection(options, rule)
  }

  /// The content. Sorts the runs; linear in the content otherwise.
  package consuming func finish() -> DictionaryCandidates {
    guard let selection else { preconditionFailure("the selection has not begun") }
    let rule = PublicRule(
      options, sessions: max(report.sessions, Int(order.session)), visitors: max(report.visitors, order.visitors))
    let tables = table.capacity * MemoryLayout<segment_training_entry>.stride
    var report = report
    report.peakMemory = max(
      report.peakMemory,
      selection.memory + portions.memory + countedPortions.memory + tables + options.contentLimit)
    return DictionaryCandidates(selection, rule, options, report)
  }
}
