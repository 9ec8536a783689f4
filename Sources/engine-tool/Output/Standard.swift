#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard output and standard error, written without buffering in between.
enum Standard {
  /// A write to a closed pipe then fails with an error instead of ending the process by a signal.
  static func ignoreBrokenPipes() {
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// Writes all of `bytes` to standard output. Throws `OutputClosed` where nobody reads it.
  static func write(_ bytes: some Collection<UInt8>) throws {
    let written = bytes.withContiguousStorageIfAvailable { unsafe send($0, to: STDOUT_FILENO) }
    let problem = unsafe written ?? Array(bytes).withUnsafeBufferPointer { unsafe send($0, to: STDOUT_FILENO) }
    switch problem {
    case 0: return
    case EPIPE: throw OutputClosed()
    default: throw Failure(.failed, "standard output cannot be written: \(Self.message(of: problem))")
    }
  }

  /// Writes text to standard output as it is.
  static func print(_ text: String) throws {
    try write(Array(text.utf8))
  }

  /// Writes one value of JSON and a line feed to standard output.
  static func print(_ value: JSONValue) throws {
    try print(value.text + "\n")
  }

  /// Writes `engine-tool: MESSAGE` as one line to standard error.
  static func complain(_ message: String) {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ").printable
    tell("engine-tool: \(line)\n")
  }

  /// Writes text to standard error as it is. What goes wrong there cannot be told anywhere.
  static func tell(_ text: String) {
    _ = unsafe Array(text.utf8).withUnsafeBufferPointer { unsafe send($0, to: STDERR_FILENO) }
  }

  /// True where standard error is a terminal.
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Ends the process.
  static func exit(_ status: Int32) -> Never {
    #if canImport(Glibc)
      Glibc.exit(status)
    #elseif canImport(Musl)
      Musl.exit(status)
    #else
      Darwin.exit(status)
    #endif
  }

  /// The operating system's words for an error number.
  static func message(of number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
  }

  /// Writes everything, however often that takes; returns 0 or the error number.
  private static func send(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) -> Int32 {
    guard let base = bytes.baseAddress else { return 0 }
    var done = 0
    while done < bytes.count {
      #if canImport(Glibc)
        let count = unsafe Glibc.write(descriptor, base + done, bytes.count - done)
      #elseif canImport(Musl)
        let count = unsafe Musl.write(descriptor, base + done, bytes.count - done)
      #else
        let count = unsafe Darwin.write(descriptor, base + done, bytes.count - done)
      #endif
      if count >= 0 {
        done += count
      } else if errno == EAGAIN {
        // Somebody made the pipe non-blocking: wait until it takes more.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&waiting, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}
