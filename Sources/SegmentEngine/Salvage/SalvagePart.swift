/// What one file holds of a session, and where it is to go.
struct SalvagePart {
  enum Source {
    case segment(PackFile, SegmentRemains)
    case records(JournalFile, JournalPart, epoch: UInt64)
  }

  var source: Source
  /// Place in the list of sources.
  var number: Int
  var ordinal: UInt64
  var placement: Placement
  /// Receipts, where nothing nearer tells them.
  var received: (first: Double, last: Double)
  /// Blocks or records that can be read: their sequences and epoch, in the order of their list.
  var units: [(range: Range<UInt64>, epoch: UInt64, place: Int)] = []

  init(
    _ pack: PackFile, _ remains: SegmentRemains, number: Int, placement: Placement,
    received: (first: Double, last: Double)
  ) {
    source = .segment(pack, remains)
    self.number = number
    ordinal = remains.ordinal
    self.placement = placement
    self.received = remains.entry.map { ($0.facts.firstReceived, $0.facts.lastReceived) } ?? received
    for (place, block) in remains.blocks.enumerated() where block.problem == nil && block.entry.events > 0 {
      units.append((block.entry.sequence..<block.entry.nextSequence, block.entry.epoch, place))
    }
  }

  init(_ journal: JournalFile, _ part: JournalPart, ordinal: UInt64, epoch: UInt64) {
    source = .records(journal, part, epoch: epoch)
    number = part.source
    self.ordinal = ordinal
    placement = Placement(tier: .recent)
    received = part.received
    units = part.records.enumerated().map { ($1.range, epoch, $0) }
  }

  var visitor: String {
    switch source {
    case .segment(_, let remains): remains.visitor
    case .records(_, let part, _): part.visitor
    }
  }

  var windows: [String] {
    switch source {
    case .segment(_, let remains): remains.windows
    case .records(_, let part, _): part.windows
    }
  }

  var tags: [TimedTag] {
    switch source {
    case .segment(_, let remains): remains.entry?.tags ?? []
    case .records(_, let part, _): part.tags
    }
  }

  var finished: Double? {
    switch source {
    case .segment(_, let remains): remains.entry?.finished
    case .records(_, let part, _): part.finished
    }
  }

  /// Marks for what can be read, joined where one unit follows another.
  func marks(_ session: SessionKey) -> [SalvageMark] {
    let hash = KeyHash.of(session)
    var claim: UInt64?
    if case .segment(_, let remains) = source, let entry = remains.entry,
      remains.blocks.allSatisfy({ $0.problem == nil })
    {
      claim = entry.sequence
    }
    let answersForGaps = claim != nil
    var marks: [SalvageMark] = []
    for unit in units.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      if let last = marks.indices.last, marks[last].upper == unit.range.lowerBound, marks[last].epoch == unit.epoch {
        marks[last].upper = unit.range.upperBound
        continue
      }
      let from = answersForGaps ? marks.last?.upper ?? claim : nil
      marks.append(
        SalvageMark(
          hash: hash, claim: from ?? unit.range.lowerBound, lower: unit.range.lowerBound,
          upper: unit.range.upperBound, epoch: unit.epoch, ordinal: ordinal, source: Int32(number)))
    }
    if marks.isEmpty, !tags.isEmpty || finished != nil || answersForGaps {
      marks.append(
        SalvageMark(hash: hash, claim: 0, lower: 0, upper: 0, epoch: 0, ordinal: ordinal, source: Int32(number)))
    }
    return marks
  }
}

/// A segment to be written: what is taken of one part, between what other files have.
struct SalvagePlan {
  var part: Int
  var pieces: [(unit: Int, range: Range<UInt64>)] = []
  /// Where what comes before it in the session ends.
  var sequence: UInt64
  /// Whether tags, batch IDs and the end go with it.
  var hasEdits: Bool
}

extension SalvagePlan {
  /// Divides a session among its parts: each event is taken once, from the best that has it. `fixed` are packs that stay as
  /// they are. Sequences that were given again after a loss count as given last.
  static func divide(
    _ parts: [SalvagePart], ranks: [SalvageRank], fixed: ArraySlice<SalvageMark>
  ) -> [SalvagePlan] {
    var begins: [UInt64: UInt64] = [:]
    for mark in fixed where !mark.range.isEmpty {
      begins[mark.epoch] = min(begins[mark.epoch] ?? .max, mark.lower)
    }
    for unit in parts.lazy.flatMap(\.units) {
      begins[unit.epoch] = min(begins[unit.epoch] ?? .max, unit.range.lowerBound)
    }
    var ceilings: [UInt64: UInt64] = [:]
    var ceiling = UInt64.max
    for epoch in begins.keys.sorted(by: >) {
      ceilings[epoch] = ceiling
      ceiling = min(ceiling, begins[epoch] ?? .max)
    }
    var held = SequenceRanges()
    for mark in fixed { held.insert(mark.range) }
    var pieces: [(part: Int, unit: Int, range: Range<UInt64>)] = []
    let order = parts.indices.sorted { ranks[parts[$0].number] > ranks[parts[$1].number] }
    for index in order {
      for (unit, (range, epoch, _)) in parts[index].units.enumerated() {
        let end = min(range.upperBound, ceilings[epoch] ?? .max)
        guard range.lowerBound < end else { continue }
        for free in held.missing(of: range.lowerBound..<end) { pieces.append((index, unit, free)) }
        held.insert(range.lowerBound..<end)
      }
    }
    pieces.sort { $0.range.lowerBound < $1.range.lowerBound }
    return join(pieces, parts, ranks, fixed, end: held.ranges.last?.upperBound ?? 0)
  }

  private static func join(
    _ pieces: [(part: Int, unit: Int, range: Range<UInt64>)], _ parts: [SalvagePart], _ ranks: [SalvageRank],
    _ fixed: ArraySlice<SalvageMark>, end: UInt64
  ) -> [SalvagePlan] {
    var plans: [SalvagePlan] = []
    var taken: Set<Int> = []
    var at: UInt64 = 0
    var others = fixed.filter { !$0.range.isEmpty }[...]
    for piece in pieces {
      var isParted = false
      while let other = others.first, other.lower < piece.range.lowerBound {
        at = max(at, other.upper)
        isParted = true
        others.removeFirst()
      }
      if isParted || plans.last?.part != piece.part {
        plans.append(SalvagePlan(part: piece.part, sequence: at, hasEdits: taken.insert(piece.part).inserted))
      }
      plans[plans.count - 1].pieces.append((piece.unit, piece.range))
      at = piece.range.upperBound
    }
    for (index, part) in parts.enumerated() where !taken.contains(index) {
      let isRepeated = { (number: Int, ordinal: UInt64) in
        number != part.number && ordinal >= part.ordinal && ranks[number] > ranks[part.number]
      }
      // What better files have of the session has its tags too.
      if !part.units.isEmpty || part.isBare,
        fixed.contains(where: { isRepeated(Int($0.source), $0.ordinal) })
          || parts.contains(where: { isRepeated($0.number, $0.ordinal) })
      {
        continue
      }
      if part.tags.isEmpty, part.finished == nil, !part.isBare { continue }
      plans.append(SalvagePlan(part: index, sequence: end, hasEdits: true))
    }
    return plans.sorted { (parts[$0.part].ordinal, $0.sequence) < (parts[$1.part].ordinal, $1.sequence) }
  }
}

extension SalvagePart {
  /// Whether it never held an event.
  fileprivate var isBare: Bool {
    switch source {
    case .segment(_, let remains): remains.blocks.isEmpty
    case .records(_, let part, _): part.records.isEmpty
    }
  }
}
