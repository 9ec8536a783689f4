import Foundation
import SegmentEngine
import SegmentFiles

/// Opening a store of many sessions, beside reading its catalog and the ends of its packs, and what it then holds in
/// memory.
enum OpenBench {
  static func run(_ store: ManySessions, _ place: WorkPlace, _ report: inout Report) async throws {
    let layout = store.layout
    let configuration = ManySessions.configuration
    let facts = try StoreCore.openForReading(layout, configuration, .system()).catalog.state.packs
    let segments = facts.reduce(0) { $0 + Int($1.segments) }
    // Before the stores below are opened and closed: their threads let go of them when they come to it.
    try memory(layout, segments, &report)
    var limits: [Double] = []
    var readers: [Double] = []
    var writers: [Double] = []
    for _ in 0..<max(7, place.rounds) {
      limits.append(
        try timed {
          consume(try read(layout.catalog, last: nil))
          for pack in facts { consume(try read(layout.pack(pack.id), last: Int(pack.footerBytes))) }
        })
      readers.append(
        try timed {
          let core = try StoreCore.openForReading(layout, configuration, .system())
          try core.readIndex()
          consume(core.catalog.state.commit)
        })
      let start = seconds()
      let opened = try await ReplayStore.open(layout, mode: .readWrite, configuration: configuration, .system())
      writers.append(seconds() - start)
      try await opened.close()
    }
    report.cost(
      "open", "reader and index, \(segments) segments in \(facts.count) packs", median(readers) * 1e3, "ms",
      limit: median(limits) * 1e3, atMost: 5, "limit: reading catalog and pack ends")
    report.cost(
      "open", "writer, async, before the index", median(writers) * 1e3, "ms", limit: median(limits) * 1e3, atMost: 5)
  }

  private static func memory(_ layout: Layout, _ segments: Int, _ report: inout Report) throws {
    let before = HeapUse.bytes()
    let core = try StoreCore.openForReading(layout, ManySessions.configuration, .system())
    try core.readIndex()
    let after = HeapUse.bytes()
    report.cost(
      "memory", "bytes a stored segment", Double(after - before) / Double(segments), "B", ceiling: 24.5,
      "half a byte for the packs and the catalog")
    withExtendedLifetime(core) {}
  }

  /// Reads a file, or its last bytes.
  private static func read(_ path: String, last: Int?) throws -> Int {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BenchError("\(path) cannot be read") }
    defer { close(descriptor) }
    var facts = stat()
    unsafe fstat(descriptor, &facts)
    let count = last ?? Int(facts.st_size)
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
    defer { unsafe buffer.deallocate() }
    return unsafe pread(descriptor, buffer, count, off_t(facts.st_size) - off_t(count))
  }
}
