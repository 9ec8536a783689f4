import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// Two processes commit to one catalog. The one that ingests, or one beside it, is held up at each of its operations in
/// turn, and there the other does all of its own work, as far as the first's locks let it; or one of the two is killed.
@Suite struct MeetingTests {
  struct Pair: Sendable, CustomStringConvertible {
    var first: MeetingProcess.Work
    var second: MeetingProcess.Work
    var description: String { "\(first.rawValue), then \(second.rawValue)" }
  }

  static let pairs: [Pair] = MeetingProcess.Work.allCases.flatMap { first in
    MeetingProcess.Work.allCases.filter { !($0.isWriting && first.isWriting) }.map { Pair(first: first, second: $0) }
  }

  enum Death: CaseIterable, Sendable { case none, first, second }

  @Test(arguments: pairs)
  func whereverTheOneIsHeldUp_BothEditsAreThereOnceAndAllProcessesSeeTheSame(_ pair: Pair) throws {
    let alone = try Meeting(pair).run(pausingAt: .max)
    #expect(!alone.didMeet)
    var pause = 0
    while true {
      let meeting = try Meeting(pair)
      guard try meeting.run(pausingAt: pause).didMeet else { break }
      try meeting.check("\(pair.description), held up at \(pause)", commits: alone.commits)
      pause += 1
    }
    #expect(pause >= 4)
  }

  @Test(arguments: pairs)
  func whereverTheOneIsKilled_TheOtherGoesOnAndNothingAcknowledgedIsLost(_ pair: Pair) throws {
    var pause = 0
    while true {
      let meeting = try Meeting(pair)
      guard try meeting.run(pausingAt: pause, killsFirst: true).didMeet else { break }
      try meeting.check("\(pair.description), the first killed at \(pause)", commits: nil)
      pause += 1
    }
    #expect(pause >= 4)
  }

  @Test(arguments: pairs)
  func whereverTheOtherIsKilledMeanwhile_TheFirstGoesOnAndNothingAcknowledgedIsLost(_ pair: Pair) throws {
    var pause = 0
    while true {
      let meeting = try Meeting(pair)
      // Every moment of the first, with one of the second's that moves along.
      guard try meeting.run(pausingAt: pause, secondEnds: pause * 5 % 13).didMeet else { break }
      try meeting.check("\(pair.description), at \(pause) the second killed", commits: nil)
      pause += 1
    }
  }
}

/// One store on which two processes meet.
struct Meeting {
  let pair: MeetingTests.Pair
  let store: SimulatedStore
  let first: MeetingProcess
  let second: MeetingProcess
  private let life: ScriptedLife
  private let before: UInt64
  private let errors = Lock<[StoreError?]>([nil, nil])

  init(_ pair: MeetingTests.Pair) throws {
    self.pair = pair
    store = SimulatedStore(SimulatedDisk(seed: 4), seed: 4)
    // There is always one that ingests, be it one of the two or not.
    let ingesting = try MeetingProcess(store, 1, isWriting: true)
    var life = ScriptedLife(store)
    for _ in 0..<2 {
      try ingesting.ingest(&life, [(ScriptedLife.first, 3), (ScriptedLife.second, 2)])
      if let error = ingesting.run(.flush) { throw error }
    }
    try ingesting.ingest(&life, [(ScriptedLife.first, 2)])
    self.life = life
    let other = try MeetingProcess(store, 2, isWriting: false)
    (first, second) = pair.second.isWriting ? (other, ingesting) : (ingesting, other)
    before = first.core.catalog.state.commit
  }

  /// Returns whether the second came in between, and how many commits there were.
  func run(pausingAt pause: Int, killsFirst: Bool = false, secondEnds: Int? = nil) throws -> (
    didMeet: Bool, commits: UInt64
  ) {
    let (first, second, pair, errors) = (first, second, pair, errors)
    let met = store.disk.meet(
      first.files, pausingAt: pause, killsFirst: killsFirst, secondEnds: secondEnds, { first.run(pair.first) },
      and: second.files, { second.run(pair.second) })
    errors.withLock { $0 = [met.first, met.second] }
    return (met.didMeet, try store.openReader(95).catalog.state.commit - before)
  }

  /// With a number of commits given, both must have succeeded with that many.
  func check(_ what: String, commits: UInt64?) throws {
    let comment = Comment(rawValue: what)
    let outcome = errors.withLock { $0 }
    for error in outcome {
      guard let error else { continue }
      // A conflict is an answer, as is a lock that another has: nothing is done, and the call may be repeated.
      #expect(
        error.errno == SimulatedDisk.processKilled || error.code == .conflict || error.code == .locked,
        "\(what): \(error)")
      if commits != nil { #expect(error.isRetryable, comment) }
    }
    let third = try store.openReader(95)
    if let commits, outcome.allSatisfy({ $0 == nil }) {
      #expect(third.catalog.state.commit - before == commits, comment)
    }
    let image = third.catalog.state.image
    for process in [first, second] where !process.files.isKilled {
      _ = try process.core.catalog.refresh()
      #expect(process.core.catalog.state.image == image, "\(what): \(process.name) sees something else")
    }
    try checkWorks(third, outcome, what)
    #expect(try life.oracle.problemOfContents(in: third) == nil, comment)
    for fate in Fate.allCases {
      let after = SimulatedStore(store.disk.powerLoss(fate, seed: 3), seed: 8, clock: store.clock)
      let writer = try after.openWriter(30)
      try checkWorks(writer.core, outcome, "\(what), power lost, \(fate)")
      #expect(try life.oracle.problemOfContents(in: writer.core) == nil, "\(what), \(fate)")
      #expect(try writer.core.verified(deep: true).isClean, "\(what), \(fate)")
      try writer.close()
    }
  }

  /// What was acknowledged is there once; what was not, at most once.
  private func checkWorks(_ core: StoreCore, _ outcome: [StoreError?], _ what: String) throws {
    for (process, work, error) in [(first, pair.first, outcome[0]), (second, pair.second, outcome[1])] {
      guard let count = try process.count(work, in: core) else { continue }
      #expect(count == 1 || error != nil && count == 0, "\(what): \(process.mark(work)) is there \(count) times")
    }
  }
}

extension StoreOracle {
  /// As `problem`, by the events alone.
  fileprivate func problemOfContents(in core: StoreCore) throws -> String? {
    for (key, expected) in sessions.sorted(by: { $0.key < $1.key }) {
      let found = try core.exported(key)
      if !found.gaps.isEmpty || !expected.allows(found.bytes) {
        return "\(key): \(found.bytes.count) bytes, \(found.gaps)"
      }
    }
    return nil
  }
}
