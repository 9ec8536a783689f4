import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

/// The locks between threads.
@Suite struct LockAndMonitorTests {
  private struct Refusal: Error, Equatable {}

  @Test("no change made under a lock is lost")
  func counting() {
    let count = Lock(0)
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      for _ in 0..<5_000 { count.withLock { $0 += 1 } }
    }
    #expect(count.withLock { $0 } == 20_000)
  }

  @Test("a body that throws gives the lock back")
  func throwing() {
    let lock = Lock(1)
    #expect(throws: Refusal()) { try lock.withLock { (_) throws(Refusal) -> Void in throw Refusal() } }
    #expect(lock.withLock { $0 } == 1)
    let monitor = Monitor(1)
    #expect(throws: Refusal()) {
      try monitor.wait(while: { _ in false }, then: { (_) throws(Refusal) -> Void in throw Refusal() })
    }
    #expect(monitor.withLock { $0 } == 1)
  }

  @Test("what a lock guards is released with it")
  func lifetime() {
    final class Guarded: Sendable {}
    weak var guarded: Guarded?
    do {
      let object = Guarded()
      guarded = object
      let lock = Lock(object)
      let monitor = Monitor(object)
      #expect(lock.withLock { $0 === guarded } && monitor.withLock { $0 === guarded })
    }
    #expect(guarded == nil)
  }

  @Test("threads hand over in turns")
  func turns() {
    let queue = Monitor<[Int]>([])
    let total = 1_000
    Thread.detachNewThread {
      for number in 0..<total {
        queue.wait(while: { $0.count >= 3 }, then: { $0.append(number) })
        queue.broadcast()
      }
    }
    var received: [Int] = []
    while received.count < total {
      received += queue.wait(
        while: { $0.isEmpty },
        then: { items in
          defer { items = [] }
          return items
        })
      queue.signal()
    }
    #expect(received == Array(0..<total))
  }

  @Test("a wait ends at its deadline and says that the condition still holds")
  func deadline() {
    let monitor = Monitor(0)
    let soon = SystemClock().monotonic() + 2_000_000
    let isSoonTimedOut = monitor.wait(while: { $0 == 0 }, until: soon, then: { _, timedOut in timedOut })
    #expect(isSoonTimedOut)
    #expect(SystemClock().monotonic() >= soon)
    let isPastTimedOut = monitor.wait(while: { $0 == 0 }, until: 0, then: { _, timedOut in timedOut })
    #expect(isPastTimedOut)
    let isFulfilledTimedOut = monitor.wait(while: { $0 == 1 }, until: 0, then: { _, timedOut in timedOut })
    #expect(!isFulfilledTimedOut)
  }

  @Test("a wait with a far deadline ends with the condition")
  func wokenBeforeDeadline() {
    let monitor = Monitor(0)
    Thread.detachNewThread {
      monitor.withLock { $0 = 1 }
      monitor.signal()
    }
    let isTimedOut = monitor.wait(while: { $0 == 0 }, until: .max, then: { _, timedOut in timedOut })
    #expect(!isTimedOut)
  }

  @Test("clocks: the system's runs, the test's stands until it is moved")
  func clocks() {
    let system = SystemClock()
    let first = system.monotonic()
    #expect(system.monotonic() >= first)
    #expect(system.now() > 1_600_000_000_000)
    let manual = ManualClock(now: 5_000)
    let start = manual.monotonic()
    manual.advance(milliseconds: 1.5)
    #expect(manual.now() == 5_001.5 && manual.monotonic() == start + 1_500_000)
    manual.set(now: 10)
    #expect(manual.now() == 10 && manual.monotonic() == start + 1_500_000)
  }

  @Test("random bytes come back with their seed, and the system's do not")
  func randomSources() {
    #expect(SeededRandomSource(seed: 3).bytes(21) == SeededRandomSource(seed: 3).bytes(21))
    #expect(SeededRandomSource(seed: 3).bytes(21) != SeededRandomSource(seed: 4).bytes(21))
    #expect(SystemRandomSource().bytes(16) != SystemRandomSource().bytes(16))
    // The first numbers of the published generator from seed 1234567.
    var generator = SplitMix64(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
  }
}
