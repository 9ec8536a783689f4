extension SalvageSurvey {
  mutating func look(atJournal index: Int) throws(StoreError) {
    let facts = source.journals[index]
    let number = source.packs.count + index
    ranks.append(SalvageRank(tier: facts.isKeptAside ? 0 : 1, created: Double(facts.ordinal), id: facts.id))
    broken.append(nil)
    var remains: JournalRemains
    do throws(StoreError) { remains = try JournalRemains(facts, source) } catch {
      guard error.isLoss else { throw error }
      journals.append(nil)
      candidates.append(
        Candidate(loss: .init(file: source.layout.relative(facts.path), reason: error.salvageText), source: number))
      return
    }
    journals.append(remains.file)
    let mark = DurableMark.read(source.environment, source.layout)
    let state = source.catalog.state
    try remains.read(from: number, mark: mark.flatMap { $0.journal == facts.id ? $0.position : nil } ?? 0) { session in
      state?.isErased(session) ?? false
    }
    for (session, part) in remains.parts { parts[session, default: []].append(part) }
    if !facts.isKeptAside { applied = max(applied, remains.applied) }
    for loss in remains.losses { candidates.append(Candidate(loss: loss, source: number)) }
    notes += remains.notes
  }

  /// With the catalog at hand a copy that was kept aside fills holes of sessions that are there, and nothing else: what the
  /// store let go since is not to come back.
  mutating func addJournalMarks() {
    let present = source.isWhole ? Set(marks.map(\.hash)) : []
    for session in parts.keys.sorted() {
      var kept: [JournalPart] = []
      let isLive = parts[session]?.contains { ranks[$0.source].tier == 1 } ?? false
      for var part in parts[session] ?? [] {
        if source.isWhole, ranks[part.source].tier == 0 {
          guard isLive || present.contains(KeyHash.of(session)) else { continue }
          // These were flushed, whatever became of the events.
          part.tags = []
          part.finished = nil
        }
        kept.append(part)
        if let file = journals[part.source] { take(self.part(part, file).marks(session)) }
      }
      parts[session] = kept.isEmpty ? nil : kept
    }
  }

  /// A journal whose header is gone counts as the newest.
  func part(_ part: JournalPart, _ file: JournalFile) -> SalvagePart {
    let facts = source.journals[part.source - source.packs.count]
    return SalvagePart(
      file, part, ordinal: facts.ordinal == 0 ? highestOrdinal : facts.ordinal,
      epoch: facts.ordinal == 0 ? highestEpoch : facts.epoch)
  }
}
