internal import Logging
internal import SegmentCodecs
internal import SegmentFiles

/// The sessions of a project that a dictionary is trained on, and those it is measured with.
struct TrainingSample {
  /// In the order in which they are gone through: newest first, all of a visitor's one after the other.
  private(set) var trained: [SampleSession] = []
  private(set) var heldOut: [SampleSession] = []
  /// NDJSON of the project, bytes, as far as it was looked at.
  private(set) var projectBytes: UInt64 = 0
  private(set) var projectSessions = 0

  /// Bytes of one session that are taken.
  func taken(_ session: SampleSession, _ options: DictionaryTraining) -> UInt64 {
    min(session.rawBytes, UInt64(max(0, options.sessionBytes)))
  }

  /// What dictionaries are measured with. Without anything held out there is no measure but the sample itself.
  var measured: [SampleSession] { heldOut.isEmpty ? trained : heldOut }

  /// Different known visitors of the trained sessions.
  var visitors: Int { Set(trained.map(\.visitor)).subtracting([""]).count }
  var trainedBytes: UInt64 { trained.reduce(0) { $0 + $1.rawBytes } }

  /// Looks through the directories of packs, the newest first, until there is twice as much as is wanted.
  ///
  /// Every so many-th session, by time, is held out: so the measure has old and new ones as the sample has. What cannot be
  /// read is left out.
  init(_ core: StoreCore, project: String, _ options: DictionaryTraining) throws(StoreError) {
    let packs = core.contents.withLock { $0.catalog.packs }.sorted { $0.lastReceived > $1.lastReceived }
    var sessions: [SessionKey: SampleSession] = [:]
    for facts in packs {
      if projectBytes >= 2 * UInt64(max(1, options.rawBytes)) { break }
      do throws(StoreError) {
        try Self.read(facts, core, project) { entry in
          if let chosen = options.sessions, !chosen.contains(entry.session.id) { return }
          projectBytes += entry.facts.rawBytes
          var session =
            sessions.removeValue(forKey: entry.session)
            ?? SampleSession(key: entry.session, visitor: "", lastReceived: 0, rawBytes: 0, parts: [])
          if session.visitor.isEmpty { session.visitor = entry.visitor }
          session.lastReceived = max(session.lastReceived, entry.facts.lastReceived)
          session.rawBytes += entry.facts.rawBytes
          session.parts.append(PackedPart(pack: facts, entry: entry))
          sessions[entry.session] = session
        }
      } catch {
        guard error.code == .damaged || error.code == .notFound else { throw error }
        core.logger?.warning("a pack is left out of training", metadata: ["error": "\(error)"])
      }
    }
    projectSessions = sessions.count
    choose(Array(sessions.values), options)
  }

  /// The same with nothing held out.
  func joined() -> TrainingSample {
    var all = self
    all.trained = Self.groupedByVisitor(
      (trained + heldOut).sorted { ($0.lastReceived, $1.key) > ($1.lastReceived, $0.key) })
    all.heldOut = []
    return all
  }

  private static func read(
    _ facts: PackFacts, _ core: StoreCore, _ project: String, _ body: (SegmentEntry) -> Void
  ) throws(StoreError) {
    let reader = try DirectoryReader(try core.packs.pack(facts))
    while let entry = try reader.next() {
      // Sorted by project first.
      if entry.session.project == project, entry.facts.rawBytes > 0 { body(entry) }
    }
  }

  private mutating func choose(_ sessions: [SampleSession], _ options: DictionaryTraining) {
    var left = UInt64(max(0, options.rawBytes))
    let newest = sessions.sorted { ($0.lastReceived, $1.key) > ($1.lastReceived, $0.key) }
    let share = min(max(options.heldOutShare, 0), 0.5)
    let step = share == 0 ? Int.max : max(2, Int((1 / share).rounded()))
    var chosen: [SampleSession] = []
    for (place, session) in newest.enumerated() {
      if left == 0 { break }
      left -= min(left, taken(session, options))
      var session = session
      session.parts.sort { ($0.entry.sequence, $0.entry.ordinal) < ($1.entry.sequence, $1.entry.ordinal) }
      if place % step == step - 1 { heldOut.append(session) } else { chosen.append(session) }
    }
    // With few sessions there is one at least.
    if heldOut.isEmpty, share > 0, chosen.count > 3 { heldOut.append(chosen.remove(at: chosen.count / 2)) }
    trained = Self.groupedByVisitor(chosen)
    // Nothing is held out where too few visitors would be left without it.
    if visitors < options.visitors, !heldOut.isEmpty {
      let all = joined()
      if all.visitors >= options.visitors { self = all }
    }
  }

  /// Visitors in the order of their newest session.
  private static func groupedByVisitor(_ sessions: [SampleSession]) -> [SampleSession] {
    var places: [String: Int] = [:]
    var groups: [[SampleSession]] = []
    for session in sessions {
      if !session.visitor.isEmpty, let place = places[session.visitor] {
        groups[place].append(session)
      } else {
        if !session.visitor.isEmpty { places[session.visitor] = groups.count }
        groups.append([session])
      }
    }
    return groups.flatMap { $0 }
  }
}
