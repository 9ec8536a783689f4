internal import SegmentFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension StoreEnvironment {
  /// The operating system's files, clock and randomness.
  package static func system() -> StoreEnvironment {
    let clock = SystemClock()
    return StoreEnvironment(
      files: POSIXFileSystem(), clock: clock, random: SystemRandomSource(),
      process: ProcessFacts(
        host: hostName(), process: UInt32(bitPattern: getpid()), started: processStart,
        user: geteuid()))
  }

  /// When this process first asked, which is near enough to when it started for people to tell it from another.
  private static let processStart = SystemClock().now()

  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    let failed = unsafe name.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe gethostname($0, buffer.count - 1) } ?? -1
    }
    if failed != 0 { return "unknown host" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
