import SegmentScanner

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// How fast recordings are scanned, beside copying them and beside searching them for one byte, in the same run: the
// ratios are what may be compared between machines.

private let runs = 5

private func nanoseconds() -> UInt64 {
  var now = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &now)
  return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}

private func contents(of path: String) -> [UInt8]? {
  guard let file = unsafe fopen(path, "rb") else { return nil }
  defer { unsafe fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count = unsafe fread(&buffer, 1, buffer.count, file)
    if count == 0 { return bytes }
    bytes += buffer[..<count]
  }
}

/// Ranges of whole lines: as many as fit into about `size` bytes, at least one.
private func batches(_ bytes: [UInt8], size: Int) -> [Range<Int>] {
  var ranges: [Range<Int>] = []
  var start = 0
  var end = 0
  while end < bytes.count {
    let line = (bytes[end...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count - 1) + 1
    if line - start > size, end > start {
      ranges.append(start..<end)
      start = end
    }
    end = line
  }
  if start < end { ranges.append(start..<end) }
  return ranges
}

/// Bytes per second: the median of `runs`, each repeated until it has lasted long enough to be measured.
private func speed(_ count: Int, _ work: () -> Void) -> Double {
  let repeats = max(1, (64 << 20) / max(1, count))
  var speeds: [Double] = []
  for _ in 0..<runs {
    let start = nanoseconds()
    for _ in 0..<repeats { work() }
    speeds.append(Double(count * repeats) / Double(max(1, nanoseconds() - start)) * 1e9)
  }
  return speeds.sorted()[runs / 2]
}

@inline(never)
private func consume<T>(_ value: T) {}

private func scan(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
  do {
    let span = unsafe bytes.span.bytes.extracting(range)
    return try BatchScanner.scan(span, receiveTime: 0, invalid: .reject).events.count
  } catch {
    print("  \(error)")
    return 0
  }
}

private func probe(_ bytes: [UInt8], _ lines: [Range<Int>]) -> Double {
  var sum = 0.0
  let span = unsafe bytes.span.bytes
  for line in lines {
    if let found = EventProbe.probe(span.extracting(line)) { sum += found.timestamp }
  }
  return sum
}

private func measure(_ path: String, _ bytes: [UInt8]) {
  var copy = [UInt8](repeating: 0, count: bytes.count)
  let copied = speed(bytes.count) {
    unsafe bytes.withUnsafeBytes { source in
      unsafe copy.withUnsafeMutableBytes { unsafe $0.copyMemory(from: source) }
    }
    consume(copy[0])
  }
  let searched = speed(bytes.count) {
    var lines = 0
    unsafe bytes.withUnsafeBytes { all in
      guard var place = all.baseAddress else { return }
      var left = all.count
      while left > 0, let found = unsafe memchr(place, 10, left) {
        lines += 1
        left -= unsafe found - UnsafeMutableRawPointer(mutating: place) + 1
        unsafe place = UnsafeRawPointer(found + 1)
      }
    }
    consume(lines)
  }

  func report(_ what: String, _ speed: Double) {
    func one(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
    print("  \(what): \(Int(speed / 1e6)) MB/s, \(one(speed / copied)) of memcpy, \(one(speed / searched)) of memchr")
  }

  let events = scan(bytes, 0..<bytes.count)
  print("\(path): \(bytes.count) bytes, \(events) events of \(bytes.count / max(1, events)) bytes")
  report("memcpy", copied)
  report("memchr for line feeds", searched)
  report("scan, one batch", speed(bytes.count) { consume(scan(bytes, 0..<bytes.count)) })
  let parts = batches(bytes, size: 64 << 10)
  report("scan, batches of 64 KiB", speed(bytes.count) { for part in parts { consume(scan(bytes, part)) } })
  let lines = batches(bytes, size: 1).map { $0.lowerBound..<$0.upperBound - (bytes[$0.upperBound - 1] == 10 ? 1 : 0) }
  let probed = speed(bytes.count) { consume(probe(bytes, lines)) }
  report("probe of each line", probed)
  print("  probe: \(Int(Double(bytes.count) / probed * 1e9 / Double(max(1, lines.count)))) ns an event")
}

private func run() {
  let paths = CommandLine.arguments.dropFirst()
  if paths.isEmpty { print("usage: scan-speed FILE...") }
  for path in paths {
    if let bytes = contents(of: path), !bytes.isEmpty {
      measure(path, bytes)
    } else {
      print("\(path): cannot be read, or is empty")
    }
  }
}

run()
