import SegmentEngine

/// Finding a session's segments in the index, beside a binary search for the same hashes in bare memory.
enum IndexBench {
  private static let lookups = 200_000

  static func run(_ recordings: [Recording], _ place: WorkPlace, _ report: inout Report) throws {
    let facts = try somePack(recordings, place)
    for count in [1_000, 100_000, 1_000_000] { try measure(count, facts, place, &report) }
    hashing(place, &report)
  }

  private static func measure(_ count: Int, _ facts: PackFacts, _ place: WorkPlace, _ report: inout Report) throws {
    var random = Seeded(7)
    let hashes = (0..<count).map { _ in random.next() }
    let sought = (0..<lookups).map { _ in hashes[Int(random.next() % UInt64(count))] }
    let bare = BareIndex(hashes.sorted())
    let packs = try SegmentIndex.empty.changing(
      removing: [],
      adding: (0..<16).map { pack in
        let own = stride(from: pack, to: count, by: 16).map { hashes[$0] }.sorted()
        var facts = facts
        facts.id = Identifier(high: 1, low: UInt64(pack))
        return (facts, try table(own))
      })
    let merged = packs.merged()
    var times: (merged: [Double], packs: [Double], bare: [Double]) = ([], [], [])
    for _ in 0..<place.rounds {
      times.merged.append(try time(sought) { merged.find($0).count })
      times.packs.append(try time(sought) { packs.find($0).count })
      times.bare.append(try time(sought) { bare.holds($0) ? 1 : 0 })
    }
    let limit = median(times.bare)
    report.cost(
      "index", "a look-up among \(count), in one array", median(times.merged), "ns", limit: limit, atMost: 3,
      "limit: binary search in memory")
    report.cost("index", "a look-up among \(count), in 16 packs", median(times.packs), "ns", limit: limit)
  }

  /// Nanoseconds for a look-up.
  private static func time(_ sought: [UInt64], _ find: (UInt64) -> Int) throws -> Double {
    var found = 0
    let elapsed = timed { for hash in sought { found += find(hash) } }
    guard found >= sought.count else { throw BenchError("\(found) segments were found of \(sought.count)") }
    return elapsed / Double(sought.count) * 1e9
  }

  /// From a session's name to the hash that is sought.
  private static func hashing(_ place: WorkPlace, _ report: inout Report) {
    let keys = (0..<10_000).map { SessionKey(project: "site-\($0 % 7)", id: "session-\($0)") }
    let times = (0..<place.rounds).map { _ in
      timed { for key in keys { consume(KeyHash.of(key)) } } / Double(keys.count) * 1e9
    }
    report.cost("index", "  hash of a session's key", median(times), "ns")
  }

  private static func table(_ hashes: [UInt64]) throws -> LocatorTable {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(hashes.count * Locator.size)
    for hash in hashes {
      unsafe withUnsafeBytes(of: hash.littleEndian) { unsafe bytes.append(contentsOf: $0) }
      // Offset, length, start and end.
      bytes += [0, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    }
    return try LocatorTable(bytes, count: hashes.count, directory: 0..<100)
  }

  /// What a catalog says of a pack.
  private static func somePack(_ recordings: [Recording], _ place: WorkPlace) throws -> PackFacts {
    let layout = try place.fresh("pack")
    let writer = try StoreWriter.open(layout, ManySessions.configuration, .system())
    var group = Group(writer)
    if let batch = recordings.first?.batches.first { try group.add(batch.bytes, SessionKey(id: "s")) }
    try group.finish()
    try writer.rotate()
    try writer.flush()
    let facts = writer.core.catalog.state.packs.first
    try writer.close()
    try place.remove(layout)
    guard let facts else { throw BenchError("no pack was made") }
    return facts
  }
}

/// Hashes in order, 24 bytes apart as the engine's are.
@safe private final class BareIndex {
  private let entries: UnsafeMutableBufferPointer<(hash: UInt64, UInt64, UInt64)>

  init(_ sorted: [UInt64]) {
    unsafe entries = .allocate(capacity: sorted.count)
    unsafe _ = entries.initialize(from: sorted.map { (hash: $0, 0, 0) })
  }

  deinit { unsafe entries.deallocate() }

  func holds(_ hash: UInt64) -> Bool {
    var low = 0
    var high = unsafe entries.count
    while low < high {
      let middle = (low + high) / 2
      if unsafe entries[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    return unsafe low < entries.count && entries[low].hash == hash
  }
}
