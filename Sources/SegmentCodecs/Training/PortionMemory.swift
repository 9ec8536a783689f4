/// Portions met before, by their hash, so that equal text is gone through only as often as it matters. Forgetting one
/// costs time alone; taking one for another leaves text uncounted.
struct PortionMemory {
  private struct Record {
    var last: UInt32
    var sessions: UInt32
    var isSettled: Bool
  }

  private var records: [UInt64: Record] = [:]
  /// About 12 MB.
  private static let limit = 1 << 18

  /// Notes that `session` has the portion. True when there is nothing left to do with it: it came in this session
  /// already, or is settled.
  mutating func isKnown(_ hash: UInt64, session: UInt32) -> Bool {
    if let index = records.index(forKey: hash) {
      if records.values[index].last == session { return true }
      records.values[index].last = session
      records.values[index].sessions += 1
      return records.values[index].isSettled
    }
    if records.count >= Self.limit { records.removeAll(keepingCapacity: true) }
    records[hash] = Record(last: session, sessions: 1, isSettled: false)
    return false
  }

  /// More sightings of the portion would change nothing.
  mutating func settle(_ hash: UInt64) {
    if let index = records.index(forKey: hash) { records.values[index].isSettled = true }
  }

  /// Sessions that had the portion, as far as is remembered.
  func sessions(_ hash: UInt64) -> UInt32 { records[hash]?.sessions ?? 0 }

  var memory: Int { records.capacity * (MemoryLayout<Record>.stride + 9) }
}
