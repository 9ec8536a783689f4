import Foundation
import SegmentCodecs
import SegmentEngine
import SegmentFiles

/// Opening after a crash with 64 MiB of journal, and verifying, beside reading and checksumming the same bytes.
enum RecoveryBench {
  static func run(
    _ recordings: [Recording], _ many: ManySessions, _ place: WorkPlace, _ report: inout Report
  ) async throws {
    try await recovery(recordings, place, &report)
    try await verify(
      many.layout, "store of \(many.small.count + many.real.count) sessions, most of them small", place, &report)
  }

  private static func recovery(
    _ recordings: [Recording], _ place: WorkPlace, _ report: inout Report
  ) async throws {
    let layout = try place.fresh("crashed")
    let writer = try StoreWriter.open(layout, ManySessions.configuration, .system())
    var group = Group(writer)
    var round = 0
    while try journalBytes(layout) < 64 << 20 {
      for recording in recordings where try journalBytes(layout) < 64 << 20 {
        for batch in recording.batches {
          try group.add(batch.bytes, SessionKey(project: "p", id: "\(recording.name)-\(round)"), window: batch.window)
        }
        try group.finish()
      }
      round += 1
    }
    try writer.syncBuffered(force: true)
    let copy = Layout(root: "\(place.folder)/recovered")
    var opens: [Double] = []
    var limits: [Double] = []
    for _ in 0..<max(5, place.rounds) {
      try place.copy(layout, to: copy)
      // What the copying left to be written is not recovery's.
      sync()
      limits.append(try timed { consume(try checksum(copy.journals)) })
      var opened: StoreWriter?
      opens.append(try timed { opened = try StoreWriter.open(copy, ManySessions.configuration, .system()) })
      try opened?.close()
    }
    report.cost(
      "recovery", "opening with 64 MiB of journal", median(opens) * 1e3, "ms", limit: median(limits) * 1e3,
      ceiling: 200,
      "limit: reading and CRC-32C of it")
    try writer.rotate()
    try writer.flush()
    try writer.close()
    try await verify(layout, "store of recordings", atLeast: 0.5, place, &report)
    try place.remove(layout)
    try place.remove(copy)
  }

  /// A store without anything in journals.
  private static func verify(
    _ layout: Layout, _ what: String, atLeast goal: Double? = nil, _ place: WorkPlace, _ report: inout Report
  ) async throws {
    var shallow: [Double] = []
    var deep: [Double] = []
    var limits: [Double] = []
    for round in 0..<max(3, place.rounds) {
      limits.append(try timed { consume(try checksum(layout.packs)) })
      let store = try await ReplayStore.open(
        layout, mode: .readOnly, configuration: ManySessions.configuration, .system())
      for isDeep in round == 0 ? [false, true] : [false] {
        let start = seconds()
        guard try await store.verify(deep: isDeep).findings.isEmpty else { throw BenchError("the store is damaged") }
        if isDeep { deep.append(seconds() - start) } else { shallow.append(seconds() - start) }
      }
      try await store.close()
    }
    let bytes = try POSIXFileSystem().list(layout.packs).reduce(0) { sum, name in
      sum + Double(try POSIXFileSystem().facts(at: "\(layout.packs)/\(name)")?.size ?? 0)
    }
    let limit = bytes / median(limits) / 1e9
    report.speed(
      "verify", what, bytes / median(shallow) / 1e9, "GB/s", limit: limit, atLeast: goal,
      "\(Int(bytes / 1e6)) MB stored; limit: reading and CRC-32C of its packs")
    report.speed("verify", "the same, deep", bytes / median(deep) / 1e9, "GB/s", limit: limit)
  }

  private static func journalBytes(_ layout: Layout) throws -> Int {
    let files = POSIXFileSystem()
    return try files.list(layout.journals).reduce(0) { sum, name in
      sum + Int(try files.facts(at: "\(layout.journals)/\(name)")?.size ?? 0)
    }
  }

  /// Reads all files of a folder, 1 MiB at a time.
  private static func checksum(_ folder: String) throws -> UInt32 {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var sum: UInt32 = 0
    for name in try POSIXFileSystem().list(folder) {
      let descriptor = unsafe open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw BenchError("\(name) cannot be read") }
      defer { close(descriptor) }
      while true {
        let count = unsafe Foundation.read(descriptor, &buffer, buffer.count)
        if count <= 0 { break }
        sum = CRC32C.checksum(buffer, in: 0..<count, seed: sum)
      }
    }
    return sum
  }
}
