import Foundation
import Testing

@testable import SegmentEngine

@Suite("threads of the engine")
struct EngineThreadTests {
  #if os(Linux)
    private static func addressSpace() throws -> Int {
      let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ").first
      return try #require(pages.flatMap { Int($0) }) * Int(getpagesize())
    }

    @Test("one that nobody waits for leaves nothing behind when it ends")
    func unjoined() async throws {
      let before = try Self.addressSpace()
      for _ in 0..<1_000 {
        await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
          _ = EngineThread("test") { ended.resume() }
        }
      }
      // A thousand stacks are gigabytes of addresses; other tests of this process take some meanwhile.
      var limits = rlimit()
      try #require(unsafe getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limits) == 0)
      let stack = min(Int(clamping: limits.rlim_cur), 8 << 20)
      #expect(try Self.addressSpace() - before < 500 * stack)
    }
  #endif

  @Test("one that is waited for has run to its end then")
  func joined() {
    for _ in 0..<100 {
      let hasRun = Flag()
      EngineThread("test") { hasRun.set() }.join()
      #expect(hasRun.isSet)
    }
  }

  private final class Flag: @unchecked Sendable {
    // Written by the thread before it ends, read after the join, which orders the two.
    private(set) var isSet = false
    func set() { isSet = true }
  }
}
