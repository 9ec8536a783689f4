import SegmentCodecs
import Testing

@Suite("Dictionary training keeps to what is public")
struct TrainingPrivacyTests {
  /// Pages of a few templates, each shared by a random set of visitors, in pieces of random lengths with private values
  /// between; secrets of one session, of one visitor, of few visitors, of unknown visitors.
  static func random(_ seed: UInt64) -> (sessions: TrainingSessions, secrets: [String: String]) {
    var random = SplitMix(seed: seed)
    let pieces = (0..<60).map { _ in random.word(8 + random.below(random.below(5) == 0 ? 3000 : 120)) }
    let lookAlikes = pieces.map { piece in
      var bytes = Array(piece.utf8)
      bytes[random.below(bytes.count)] = UInt8(ascii: "~")
      return String(decoding: bytes, as: UTF8.self)
    }
    let visitors = 4 + random.below(24)
    let few = random.word(100)
    var secrets: [String: String] = ["few": few]
    var result = TrainingSessions()
    for visitor in 0..<visitors {
      let isKnown = random.below(4) != 0
      let own = random.word(150)
      secrets["visitor \(visitor)"] = own
      for number in 0..<(isKnown ? 1 + random.below(4) : 1) {
        let session = random.word(100)
        secrets["session \(visitor) \(number)"] = session
        var text = ""
        for _ in 0..<12 {
          let at = random.below(pieces.count)
          text += #"{"type":2,"data":{"id":\#(random.below(50)),"text":"#
          for next in at..<min(at + 1 + random.below(6), pieces.count) {
            text += random.below(8) == 0 ? lookAlikes[next] : pieces[next]
            switch random.below(12) {
            case 0: text += session
            case 1: text += own
            case 2: text += visitor < 2 ? few : "x"
            case 3: text += String(random.below(1000))
            default: break
            }
          }
          text += #"},"timestamp":\#(random.next() % 1000)}"# + "\n"
        }
        result.sessions.append(
          .init(visitor: isKnown ? TrainingSessions.visitor(visitor) : .unknown, text: Array(text.utf8)))
      }
    }
    return (result, secrets)
  }

  @Test("No window of the content is private, for random sites and rules", arguments: 0..<24 as Range<UInt64>)
  func everyWindowIsPublic(seed: UInt64) {
    var random = SplitMix(seed: seed ^ 0xABCD)
    var options = TrainingOptions()
    options.minimumVisitors = 2 + random.below(3)
    options.minimumUnknown = options.minimumVisitors + random.below(6)
    options.minimumShare = [0, 0.05, 0.2, 0.5][random.below(4)]
    options.visitorsOnly = random.below(3) == 0
    options.joinedGap = [0, 40, 300, 5000][random.below(4)]
    options.shortestCutRun = [32, 64][random.below(2)]
    if random.below(3) == 0 { options.contentLimit = 3000 }
    options.memoryLimit = random.below(2) == 0 ? 0 : 64 << 20
    let (sessions, _) = Self.random(seed)
    let content = sessions.train(options, part: 500 + random.below(20000)).bytes
    #expect(content.count <= options.contentLimit, "seed \(seed)")
    #expect(sessions.privateWindows(of: content, options) == [], "seed \(seed)")
  }

  @Test("The count of all windows tells a looser rule from a stricter one")
  func theCheckItself() {
    var loose = TrainingOptions()
    loose.minimumVisitors = 1
    loose.minimumUnknown = 1
    let (sessions, _) = Self.random(1)
    #expect(!sessions.privateWindows(of: sessions.train(loose).bytes, TrainingOptions()).isEmpty)
  }

  @Test("What enough visitors share is kept, and no secret is", arguments: 0..<6 as Range<UInt64>)
  func secretsStayOut(seed: UInt64) {
    let (sessions, secrets) = Self.random(seed &+ 1000)
    let content = sessions.train(TrainingOptions()).bytes
    #expect(content.count > 1000, "seed \(seed)")
    let windows = Set(TrainingSessions.windows(content))
    for (name, secret) in secrets {
      let found = TrainingSessions.windows(Array(secret.utf8)).filter { windows.contains($0) }
      #expect(found.isEmpty, "seed \(seed), secret of \(name)")
    }
  }

  static let page = Array(
    (#"{"type":2,"data":{"node":"# + (0..<200).map { "line \($0 * 7919) of the template; " }.joined() + "}}\n").utf8)
  static let secret =
    #"{"type":3,"data":{"text":"Dear Ms Miller, your balance is 1,234.56 and your code 998877 is secret"}}"# + "\n"

  static func holdsSecret(_ content: [UInt8]) -> Bool {
    let windows = Set(TrainingSessions.windows(content))
    // The frame of the event is no secret by itself.
    return TrainingSessions.windows(Array(secret.utf8.dropFirst(26).dropLast(4))).contains { windows.contains($0) }
  }

  @Test("A hundred sessions of one visitor make nothing public")
  func manySessionsOfOneVisitor() {
    var sessions = TrainingSessions()
    let text = Self.page + Array(Self.secret.utf8)
    for _ in 0..<100 { sessions.sessions.append(.init(visitor: TrainingSessions.visitor(1), text: text)) }
    for other in 2..<6 { sessions.sessions.append(.init(visitor: TrainingSessions.visitor(other), text: Self.page)) }
    var options = TrainingOptions()
    options.minimumShare = 0
    let content = sessions.train(options).bytes
    #expect(content.count > Self.page.count / 2)
    #expect(!Self.holdsSecret(content))
  }

  @Test("A visitor that comes back later does not count again")
  func visitorsThatComeBack() {
    var sessions = TrainingSessions()
    for number in 0..<30 {
      sessions.sessions.append(
        .init(visitor: TrainingSessions.visitor(number % 2), text: Self.page + Array(Self.secret.utf8)))
    }
    #expect(sessions.train(TrainingOptions()).bytes.isEmpty)
    var trainer = DictionaryTrainer(.init(), plannedSessions: 3, plannedVisitors: 3, key: HashKey(k0: 0, k1: 0))
    var counted: [Bool] = []
    for visitor in [TrainingSessions.visitor(1), TrainingSessions.visitor(1), .unknown, TrainingSessions.visitor(1)] {
      counted.append(trainer.beginSession(of: visitor))
    }
    #expect(counted == [true, true, true, false])
  }

  @Test("Unknown visitors make text public only ten together, and not at all when left out", arguments: [9, 10])
  func unknownVisitors(count: Int) {
    var sessions = TrainingSessions()
    for _ in 0..<count { sessions.sessions.append(.init(visitor: .unknown, text: Array(Self.secret.utf8) + Self.page)) }
    #expect(Self.holdsSecret(sessions.train(TrainingOptions()).bytes) == (count >= 10))
    var options = TrainingOptions()
    options.visitorsOnly = true
    #expect(sessions.train(options).bytes.isEmpty)
  }

  @Test("What three of three hundred visitors share stays out, however many sessions they have", arguments: [1, 20])
  func threeOfThreeHundred(each: Int) {
    var sessions = TrainingSessions()
    for visitor in 0..<300 {
      for _ in 0..<(visitor < 3 ? each : 1) {
        let text = Self.page + (visitor < 3 ? Array(Self.secret.utf8) : [])
        sessions.sessions.append(.init(visitor: TrainingSessions.visitor(visitor), text: text))
      }
    }
    let content = sessions.train(TrainingOptions()).bytes
    #expect(content.count > Self.page.count / 2)
    #expect(!Self.holdsSecret(content))
  }

  @Test("Two public texts that meet in one session only are not kept together")
  func privateNeighbours() {
    var random = SplitMix(seed: 5)
    let a = random.word(300)
    let b = random.word(300)
    var sessions = TrainingSessions()
    for visitor in 0..<6 {
      let text = "\(a)\n\(b)\n\(visitor == 3 ? a + b : "")\n"
      sessions.sessions.append(.init(visitor: TrainingSessions.visitor(visitor), text: Array(text.utf8)))
    }
    let content = sessions.train(TrainingOptions()).bytes
    #expect(content.count >= 600)
    #expect(sessions.privateWindows(of: content, TrainingOptions()) == [])
  }
}
