import Foundation
import Testing

@testable import SegmentFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The loops around system calls, with a test in the system's place.
@Suite("What a system call did not do at once is done by the next")
struct TransferTests {
  /// What the system is to answer, call by call, and what it was asked.
  private final class Script {
    enum Answer {
      case moves(Int)
      case fails(Int32)
    }

    var answers: [Answer]
    private(set) var asked: [[Int]] = []

    init(_ answers: [Answer]) { self.answers = answers }

    func next(_ done: Int, _ wanted: Int, _ position: off_t) -> Int {
      asked.append([done, wanted, Int(position)])
      guard !answers.isEmpty else {
        Issue.record("one call too many: \(asked)")
        return 0
      }
      switch answers.removeFirst() {
      case .moves(let count): return count
      case .fails(let number):
        errno = number
        return -1
      }
    }
  }

  private func read(_ count: Int, at offset: Int64 = 100, chunk: Int = 8, _ script: Script) -> Result<
    Int, SystemFailure
  > {
    do throws(SystemFailure) {
      return .success(try Transfer.read(count, at: offset, chunk: chunk) { script.next($0, $1, $2) })
    } catch { return .failure(error) }
  }

  private func write(_ count: Int, at offset: Int64 = 100, chunk: Int = 8, _ script: Script) -> SystemFailure? {
    do throws(SystemFailure) {
      try Transfer.write(count, at: offset, chunk: chunk) { script.next($0, $1, $2) }
      return nil
    } catch { return error }
  }

  @Test("short reads and writes are continued where they ended, in pieces of one chunk at most")
  func continued() {
    let calls = [[0, 8, 100], [3, 8, 103], [11, 8, 111], [19, 1, 119]]
    let reading = Script([.moves(3), .moves(8), .moves(8), .moves(1)])
    #expect(read(20, reading) == .success(20))
    #expect(reading.asked == calls)
    let writing = Script([.moves(3), .moves(8), .moves(8), .moves(1)])
    #expect(write(20, writing) == nil)
    #expect(writing.asked == calls)
  }

  @Test("a call that a signal interrupts is repeated as it was, however often, also in the middle")
  func interrupted() {
    let answers: [Script.Answer] = [.fails(EINTR), .fails(EINTR), .moves(2), .fails(EINTR), .moves(3)]
    let calls = [[0, 5, 100], [0, 5, 100], [0, 5, 100], [2, 3, 102], [2, 3, 102]]
    let reading = Script(answers)
    #expect(read(5, reading) == .success(5))
    #expect(reading.asked == calls)
    let writing = Script(answers)
    #expect(write(5, writing) == nil)
    #expect(writing.asked == calls)
    var left = 3
    let result: Result<Int, SystemFailure>
    do throws(SystemFailure) {
      result = .success(
        try Transfer.repeated { () -> Int in
          left -= 1
          errno = EINTR
          return left > 0 ? -1 : 7
        })
    } catch { result = .failure(error) }
    #expect(result == .success(7))
  }

  @Test("none read is the end of the file; none written is an error and not tried for ever")
  func none() {
    #expect(read(5, Script([.moves(2), .moves(0)])) == .success(2))
    #expect(read(5, Script([.moves(0)])) == .success(0))
    #expect(write(5, Script([.moves(2), .moves(0)])) == SystemFailure(errno: EIO))
  }

  @Test("any other error ends it, with its number, also after a part", arguments: [EIO, ENOSPC, EDQUOT, EBADF, EAGAIN])
  func failing(_ number: Int32) {
    #expect(read(5, Script([.fails(number)])) == .failure(SystemFailure(errno: number)))
    #expect(read(5, Script([.moves(2), .fails(EINTR), .fails(number)])) == .failure(SystemFailure(errno: number)))
    #expect(write(5, Script([.fails(number)])) == SystemFailure(errno: number))
    #expect(write(5, Script([.moves(4), .fails(number)])) == SystemFailure(errno: number))
  }

  @Test("nothing to do asks nothing; an offset that overflows and an impossible answer are errors and no trap")
  func limits() {
    #expect(read(0, Script([])) == .success(0))
    #expect(write(0, Script([])) == nil)
    #expect(read(5, at: .max - 1, Script([.moves(3)])) == .failure(SystemFailure(errno: EFBIG)))
    #expect(write(5, at: .max - 1, Script([.moves(3)])) == SystemFailure(errno: EFBIG))
    for wrong in [-2, 6, Int.max, Int.min] {
      #expect(read(5, Script([.moves(wrong)])) == .failure(SystemFailure(errno: EIO)))
      #expect(write(5, Script([.moves(wrong)])) == SystemFailure(errno: EIO))
    }
  }
}
