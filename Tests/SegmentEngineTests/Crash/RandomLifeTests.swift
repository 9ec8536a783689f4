import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// Lives of random steps, each crashed at a random operation with a random fate. A failure names its seed: run
/// `RandomLife(seed:)` with it to see it again. `SEGMENT_RANDOM_LIVES` says how many, `SEGMENT_RANDOM_SEED` from which
/// number on.
@Suite struct RandomLifeTests {
  static let environment = ProcessInfo.processInfo.environment
  static let lives = environment["SEGMENT_RANDOM_LIVES"].flatMap(Int.init) ?? 2_000
  static let firstSeed = environment["SEGMENT_RANDOM_SEED"].flatMap(UInt64.init) ?? 1

  @Test(arguments: 0..<8)
  func whateverARandomLifeDoesAndWhereverItEnds_NothingAcknowledgedIsLost(_ part: Int) throws {
    for number in 0..<Self.lives / 8 {
      let seed = Self.firstSeed &+ UInt64(part * 1_000_000 + number)
      try RandomLife(seed: seed).runAndCheck()
    }
  }
}

/// One random life.
struct RandomLife {
  let seed: UInt64

  func runAndCheck() throws {
    var random = SplitMix64(seed: seed)
    let disk = SimulatedDisk(seed: random.next())
    let operations = 10 + Int(random.next() % 500)
    disk.crashPoint = operations
    if random.once(in: 2) { disk.writeBack(seed: random.next()) }
    let store = SimulatedStore(disk, seed: random.next())
    var life = ScriptedLife(store)
    live(&life, store, &random)
    let fates = Fate.allCases
    let fate = fates[Int(random.next() % UInt64(fates.count))]
    try Recovery.check(disk.powerLoss(fate, seed: random.next()), life, "life of seed \(seed), \(fate)")
  }

  private func live(_ life: inout ScriptedLife, _ store: SimulatedStore, _ random: inout SplitMix64) {
    let keys = [
      ScriptedLife.first, ScriptedLife.second, SessionKey(project: "shop", id: "third"), ScriptedLife.dropped,
      ScriptedLife.erased, ScriptedLife.crowded,
    ]
    func key(_ random: inout SplitMix64) -> SessionKey { keys[Int(random.next() % UInt64(keys.count))] }
    do {
      var process: UInt32 = 10
      var writer = try store.openWriter(process)
      var hasSynced = Set<SessionKey>()
      for _ in 0..<50 {
        switch random.next() % 24 {
        case 0...5:
          var wanted: [(SessionKey, Int)] = []
          for _ in 0...(random.next() % 3) { wanted.append((key(&random), 1 + Int(random.next() % 30))) }
          try life.append(writer, wanted)
          for (key, _) in wanted { hasSynced.insert(key) }
        case 6: try life.append(writer, [(key(&random), 200)])
        case 7: try life.bufferAndSync(writer)
        case 8: try life.resend(writer)
        case 9:
          if let key = hasSynced.randomElement(using: &random), !life.mayBeGone(key) {
            try life.tag(writer, key, ["k\(random.next() % 3)": "v\(random.next() % 100)"])
          }
        case 10:
          if let key = hasSynced.randomElement(using: &random), !life.mayBeGone(key) { try life.finish(writer, key) }
        case 11: try writer.rotate()
        case 12...13: try life.flush(writer)
        case 14:
          if let key = hasSynced.randomElement(using: &random), !life.mayBeGone(key) {
            try life.editFromOutside(writer, key, ["out\(random.next() % 3)": "x"])
          }
        case 16: try life.merge(writer)
        case 17: try life.promote(writer)
        case 18: try life.compactBeside(writer)
        case 20 where random.once(in: 2): try life.setPolicy(writer)
        case 21:
          if random.once(in: 2) {
            try life.pin(writer, key(&random))
          } else {
            try life.unpin(writer, key(&random))
          }
        case 20 where life.copies.isEmpty && !life.mayBeGone(ScriptedLife.erased):
          try life.snapshot(writer)
          try life.restore(writer)
        case 22 where random.next() % 3 == 0: try life.erase(writer)
        case 23: try life.expire(writer)
        case 19:
          if random.next() % 2 == 0 {
            try life.adoptDictionary(writer, key(&random).project)
          } else {
            try life.retireDictionaries(writer)
          }
        default:
          try writer.close()
          process += 1
          writer = try store.openWriter(process)
        }
      }
      try writer.close()
    } catch {
      // The power is gone.
      if !store.disk.isCrashed { Issue.record("life of seed \(seed): \(error)") }
    }
  }
}
