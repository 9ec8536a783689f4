/// Goes through the packs that are written anew, and the journals, side by side, session by session.
struct SalvageSweep {
  private struct Reader {
    var number: Int
    var pack: PackFile
    var places: ArraySlice<RemainingPlace>
    var size: UInt64
    var next: (key: SessionKey, part: SalvagePart)?
  }

  private let survey: SalvageSurvey
  private let isNeeded: [Bool]
  private var readers: [Reader] = []
  private var sessions: ArraySlice<SessionKey>
  private let rewritten: Set<Int>

  init(_ survey: SalvageSurvey, _ choice: SalvageChoice) throws(StoreError) {
    self.survey = survey
    isNeeded = choice.isNeeded
    sessions = survey.parts.keys.sorted()[...]
    let packs = survey.source.packs.indices.filter { number in
      choice.isNeeded[number] && (survey.broken[number] != nil || choice.isDisturbed[number])
    }
    rewritten = Set(packs).union(survey.source.packs.count..<survey.ranks.count)
    for number in packs {
      let pack = try survey.pack(number)
      var places = survey.broken[number]?.places ?? []
      var size = survey.broken[number]?.size ?? 0
      if survey.broken[number] == nil {
        var remains = try PackRemains(pack)
        try remains.find()
        (places, size) = (remains.places, remains.size)
      }
      var reader = Reader(number: number, pack: pack, places: places[...], size: size)
      try advance(&reader)
      readers.append(reader)
    }
  }

  /// Whether what a source holds is handed out here; else it stays as it is.
  func isRewritten(_ number: Int) -> Bool { rewritten.contains(number) }

  /// The next session and all that is written anew of it; nil behind the last.
  mutating func next() throws(StoreError) -> (SessionKey, [SalvagePart])? {
    guard let key = (readers.compactMap { $0.next?.key } + sessions.prefix(1)).min() else { return nil }
    var parts: [SalvagePart] = []
    for index in readers.indices {
      while let found = readers[index].next, found.key == key {
        parts.append(found.part)
        try advance(&readers[index])
      }
    }
    if sessions.first == key {
      sessions.removeFirst()
      for part in survey.parts[key] ?? [] where isNeeded[part.source] {
        if let file = survey.journals[part.source] { parts.append(survey.part(part, file)) }
      }
    }
    return (key, parts)
  }

  private func advance(_ reader: inout Reader) throws(StoreError) {
    reader.next = nil
    while let place = reader.places.popFirst() {
      if let found = try survey.part(at: place, of: reader.pack, number: reader.number, size: reader.size) {
        reader.next = found
        return
      }
    }
  }
}
