import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

/// Two simulated processes that take turns.
@Suite struct TurnTests {
  /// A process that writes a letter per operation, under a lock where it is given one.
  private static func work(_ files: SimulatedFileSystem, _ letter: String, _ count: Int, lock: String? = nil) -> Int32?
  {
    do throws(FileError) {
      let held = try lock.map { (path) throws(FileError) in try files.lock(path, wait: true) }
      defer { held??.release() }
      for number in 0..<count { _ = try files.open("/store/\(letter)\(number)", .create) }
      return nil
    } catch { return error.errno }
  }

  /// The order of the operations, a letter each.
  private static func order(_ disk: SimulatedDisk) -> String {
    disk.log.compactMap { $0.split(separator: "/").last?.first.map(String.init) }.joined()
  }

  private func meet(
    _ pause: Int, killsFirst: Bool = false, secondEnds: Int? = nil, lock: String? = nil
  ) throws -> (order: String, first: Int32?, second: Int32?, didMeet: Bool) {
    let disk = try SimulatedDisk.prepared()
    if let lock { try disk.setContents(lock, []) }
    disk.isLogging = true
    let (first, second) = (disk.process(), disk.process())
    let met = disk.meet(
      first, pausingAt: pause, killsFirst: killsFirst, secondEnds: secondEnds,
      { Self.work(first, "a", 4, lock: lock) }, and: second, { Self.work(second, "b", 3, lock: lock) })
    return (Self.order(disk), met.first, met.second, met.didMeet)
  }

  @Test("the second does all its work where the first is held up, and behind it where that never is")
  func betweenOperations() throws {
    for pause in 0..<4 {
      let met = try meet(pause)
      let expected = String(repeating: "a", count: pause) + "bbb" + String(repeating: "a", count: 4 - pause)
      #expect(met.order == expected && met.first == nil && met.second == nil && met.didMeet)
    }
    let late = try meet(4)
    #expect(late.order == "aaaabbb" && !late.didMeet && late.second == nil)
  }

  @Test("one that has to wait for the other's lock hands over, and goes on when the other is done")
  func waiting() throws {
    for pause in 0..<4 {
      let met = try meet(pause, lock: "/store/lock")
      #expect(met.order == "aaaabbb" && met.first == nil && met.second == nil && met.didMeet, "\(pause)")
    }
  }

  @Test("the first can be killed where it is held up, its lock is free then; so can the second in its work")
  func killed() throws {
    let first = try meet(2, killsFirst: true, lock: "/store/lock")
    #expect(first.order == "aabbb" && first.first == SimulatedDisk.processKilled && first.second == nil)
    let second = try meet(1, secondEnds: 2)
    #expect(second.order == "abbaaa" && second.first == nil && second.second == SimulatedDisk.processKilled)
  }

  @Test("two that wait for each other are told so instead of hanging")
  func deadlock() throws {
    let disk = try SimulatedDisk.prepared()
    for name in ["x", "y"] { try disk.setContents("/store/\(name)", []) }
    let (first, second) = (disk.process(), disk.process())
    @Sendable func both(_ files: SimulatedFileSystem, _ names: [String]) -> Int32? {
      do throws(FileError) {
        let one = try files.lock("/store/\(names[0])", wait: true)
        defer { one?.release() }
        _ = try files.open("/store/made-\(names[0])", .create)
        try files.lock("/store/\(names[1])", wait: true)?.release()
        return nil
      } catch { return error.errno }
    }
    let met = disk.meet(
      first, pausingAt: 0, { both(first, ["x", "y"]) }, and: second, { both(second, ["y", "x"]) })
    // The one that would have closed the ring gives up, and the other gets what it waited for.
    #expect(Set([met.first, met.second]) == [nil, EDEADLK])
  }
}
