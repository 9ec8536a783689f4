import SegmentCodecs

/// Made-up sessions of a site, their visitors, and the slow truth about what their text has in common.
struct TrainingSessions {
  struct Session {
    var visitor: TrainingVisitor
    var text: [UInt8]
  }

  var sessions: [Session] = []

  static func visitor(_ number: Int) -> TrainingVisitor { .known(Hash128(high: 11, low: UInt64(number))) }

  /// Trains on all sessions, each handed over in parts of whole lines of about `part` bytes.
  func train(_ options: TrainingOptions, part: Int = 1 << 14, planned: Int? = nil) -> DictionaryCandidates {
    var trainer = DictionaryTrainer(
      options, plannedSessions: planned ?? sessions.count, plannedVisitors: planned ?? sessions.count,
      key: HashKey(k0: 3, k1: 9))
    for pass in 0..<2 {
      if pass == 1 { trainer.beginSelection() }
      for session in sessions {
        trainer.beginSession(of: session.visitor)
        for range in Self.parts(session.text, part) { unsafe trainer.add(session.text.span.extracting(range).bytes) }
      }
    }
    return trainer.finish()
  }

  private static func parts(_ text: [UInt8], _ size: Int) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = 0
    while start < text.count {
      var end = min(start + size, text.count)
      while end < text.count, text[end - 1] != 10 { end += 1 }
      result.append(start..<end)
      start = end
    }
    return result
  }

  /// A window of 32 bytes.
  typealias Window = SIMD4<UInt64>

  /// The windows of the content that are not public by the rule, found by counting all there are in all sessions.
  /// Windows with the zero byte between two runs are no text.
  func privateWindows(of content: [UInt8], _ options: TrainingOptions) -> [String] {
    var wanted: [Window: Sightings] = [:]
    for window in Self.windows(content) {
      let bytes = Self.bytes(of: window)
      if !bytes.contains(0) { wanted[window] = Sightings() }
    }
    var sampled = 0
    var visitors: Set<TrainingVisitor> = []
    var unknown = 0
    for session in sessions where !(options.visitorsOnly && session.visitor == .unknown) {
      sampled += 1
      if session.visitor == .unknown { unknown += 1 } else { visitors.insert(session.visitor) }
      for window in Self.windows(session.text) {
        guard let index = wanted.index(forKey: window) else { continue }
        wanted.values[index].see(session.visitor, session: sampled)
      }
    }
    let all = visitors.count + unknown
    return wanted.filter { _, seen in
      let total = seen.known.count + seen.unknown
      let enough = seen.known.count >= options.minimumVisitors || total >= options.minimumUnknown
      return !enough || Double(seen.sessions) < options.minimumShare * Double(sampled)
        || Double(total) < options.minimumShare * Double(all)
    }.map { String(decoding: Self.bytes(of: $0.key), as: UTF8.self) }
  }

  private struct Sightings {
    var known: Set<TrainingVisitor> = []
    var unknown = 0
    var sessions = 0
    var last = 0

    mutating func see(_ visitor: TrainingVisitor, session: Int) {
      guard last != session else { return }
      last = session
      sessions += 1
      if visitor == .unknown { unknown += 1 } else { known.insert(visitor) }
    }
  }

  static func windows(_ text: [UInt8]) -> [Window] {
    var result: [Window] = []
    var window = Window()
    for (index, byte) in text.enumerated() {
      for lane in 0..<3 { window[lane] = window[lane] &>> 8 | window[lane + 1] &<< 56 }
      window[3] = window[3] &>> 8 | UInt64(byte) &<< 56
      if index >= 31 { result.append(window) }
    }
    return result
  }

  static func bytes(of window: Window) -> [UInt8] {
    (0..<32).map { UInt8(truncatingIfNeeded: window[$0 / 8] &>> UInt64($0 % 8 * 8)) }
  }
}

extension SplitMix {
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// Letters and digits, with an odd character between.
  mutating func word(_ length: Int) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789 -_.,:%\\/é".utf8.map { $0 < 128 ? $0 : 120 })
    return String(decoding: (0..<length).map { _ in letters[below(letters.count)] }, as: UTF8.self)
  }
}
