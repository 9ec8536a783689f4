#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The number a system call failed with.
struct SystemFailure: Error, Equatable {
  var errno: Int32
}

/// The loops around system calls: what signals interrupt is repeated, what moved in part is continued. The calls
/// themselves are handed in, so that a test can answer in the system's place; inlined, that costs nothing.
enum Transfer {
  /// What one call may move at most: Darwin refuses more than 2^31 - 1 bytes, Linux cuts a little below it.
  static let chunk = 1 << 30

  /// Repeats a call as long as signals interrupt it. The call gives -1 and sets `errno` where it fails.
  @inline(__always)
  static func repeated<Result: SignedInteger>(_ call: () -> Result) throws(SystemFailure) -> Result {
    while true {
      let result = call()
      if result != -1 { return result }
      let code = errno
      if code != EINTR { throw SystemFailure(errno: code) }
    }
  }

  /// Reads up to `count` bytes. `call` is given how many are done, how many are wanted and where in the file, and gives
  /// how many it read; none is the end of the file. Returns how many were read.
  @inline(__always)
  static func read(
    _ count: Int, at offset: Int64, chunk: Int = Transfer.chunk,
    _ call: (_ done: Int, _ wanted: Int, _ position: off_t) -> Int
  ) throws(SystemFailure) -> Int {
    var done = 0
    while done < count {
      let wanted = min(count - done, chunk)
      let position = try advanced(offset, by: done)
      let moved = try repeated { call(done, wanted, position) }
      if moved == 0 { break }
      done += try checked(moved, wanted)
    }
    return done
  }

  /// Writes all of `count` bytes; `call` is as for `read`.
  @inline(__always)
  static func write(
    _ count: Int, at offset: Int64, chunk: Int = Transfer.chunk,
    _ call: (_ done: Int, _ wanted: Int, _ position: off_t) -> Int
  ) throws(SystemFailure) {
    var done = 0
    while done < count {
      let wanted = min(count - done, chunk)
      let position = try advanced(offset, by: done)
      let moved = try repeated { call(done, wanted, position) }
      // No progress and no error would otherwise be tried for ever.
      guard moved > 0 else { throw SystemFailure(errno: EIO) }
      done += try checked(moved, wanted)
    }
  }

  /// More than was asked for, or fewer than none, would become an address outside of the buffer.
  @inline(__always)
  private static func checked(_ moved: Int, _ wanted: Int) throws(SystemFailure) -> Int {
    guard moved > 0, moved <= wanted else { throw SystemFailure(errno: EIO) }
    return moved
  }

  private static func advanced(_ offset: Int64, by count: Int) throws(SystemFailure) -> off_t {
    let (sum, overflow) = offset.addingReportingOverflow(Int64(count))
    guard !overflow else { throw SystemFailure(errno: EFBIG) }
    return off_t(sum)
  }
}
