import Foundation
import SegmentEngine
import SegmentFiles

/// A commit of the catalog, beside writing as many bytes to the end of a file and one fdatasync, in turn.
enum CatalogBench {
  private static let commits = 40

  static func run(_ place: WorkPlace, _ report: inout Report) throws {
    for (held, edits) in [(10, 1), (10, 100), (10_000, 1)] { try measure(held, edits, place, &report) }
  }

  /// Commits of `edits` edits each to a catalog that says something of `held` sessions.
  private static func measure(_ held: Int, _ edits: Int, _ place: WorkPlace, _ report: inout Report) throws {
    let layout = try place.fresh("catalog")
    let writer = try StoreWriter.open(layout, ManySessions.configuration, .system())
    let catalog = writer.core.catalog
    let files = POSIXFileSystem()
    try catalog.commit { _ in (0..<held).map { .hold(key($0), 30_000) } }
    let path = "\(place.folder)/bare"
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BenchError("\(path) cannot be written") }
    defer {
      close(descriptor)
      unsafe unlink(path)
    }
    var engine: [Double] = []
    var limits: [Double] = []
    var bytes: [Double] = []
    var size = try files.facts(at: layout.catalog)?.size ?? 0
    var end = 0
    for turn in 0..<commits {
      // Sessions it knows, so that it does not grow with the measuring.
      let changes = (0..<edits).map { CatalogEdit.hold(key($0 % held), 30_001 + UInt32(turn)) }
      let elapsed = try timed { try catalog.commit { _ in changes } }
      let now = try files.facts(at: layout.catalog)?.size ?? 0
      defer { size = now }
      // A new generation, now and then, is not what is measured here.
      guard now > size else { continue }
      engine.append(elapsed)
      bytes.append(Double(now - size))
      let content = [UInt8](repeating: 0x5A, count: Int(now - size))
      limits.append(
        try timed {
          guard unsafe pwrite(descriptor, content, content.count, off_t(end)) == content.count else {
            throw BenchError("writing failed: error \(errno)")
          }
          fdatasync(descriptor)
        })
      end += content.count
    }
    try writer.close()
    try place.remove(layout)
    report.cost(
      "catalog", "a commit of \(edits) edit\(edits == 1 ? "" : "s"), \(held) held before", median(engine) * 1e6, "us",
      limit: median(limits) * 1e6, atMost: 2, "limit: write and fdatasync of \(Int(median(bytes)) / 1_024) KiB")
  }

  private static func key(_ number: Int) -> SessionKey { SessionKey(project: "site", id: "session-\(number)") }
}
