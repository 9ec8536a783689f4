import CSegmentShims

/// Counts of passages by their hash, in bounded memory: sessions and visitors that had them.
///
/// The table grows by doubling up to `limit` bytes, twice the old size and the new one counted. Full, it
/// forgets what was seen least. Counts may be too low, never (but for equal hashes) too high.
@safe final class PassageTable {
  private var entries: UnsafeMutablePointer<segment_training_entry>
  private(set) var capacity: Int
  private(set) var count = 0
  private(set) var forgotten = 0
  private(set) var peakMemory = 0
  private let largestCapacity: Int
  private var lastSweep: UInt32 = 0

  private static let entrySize = MemoryLayout<segment_training_entry>.stride
  private static let smallestCapacity = 1 << 15

  /// Half a megabyte at least, whatever the limit.
  init(memoryLimit: Int) {
    var largest = Self.smallestCapacity
    // While it grows, and while it forgets, half as much again is needed.
    while largest * 2 * Self.entrySize / 2 * 3 <= memoryLimit, largest < 1 << 30 { largest *= 2 }
    largestCapacity = largest
    capacity = Self.smallestCapacity
    unsafe entries = Self.allocate(capacity)
    peakMemory = capacity * Self.entrySize
  }

  deinit { unsafe segment_training_free(entries) }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<segment_training_entry> {
    guard let memory = unsafe segment_training_allocate(capacity) else {
      preconditionFailure("no memory for a table of \(capacity) passages")
    }
    return unsafe memory
  }

  private var mask: UInt64 { UInt64(capacity - 1) }

  /// Counts passages for the session that goes on. Returns how many of them do not meet `rule` yet.
  func count(
    _ passages: UnsafeBufferPointer<segment_training_passage>, in order: borrowing VisitorOrder,
    rule: segment_training_rule
  ) -> Int {
    makeRoom(for: passages.count, session: order.session)
    var rule = rule
    var below: UInt32 = 0
    let inserted = unsafe segment_training_count(
      entries, mask, passages.baseAddress, UInt32(passages.count), order.session, order.first,
      order.isKnown ? 1 : 0, &rule, &below)
    count += Int(inserted)
    return Int(below)
  }

  /// Puts the place of each passage into `places`, which has room for all of them, or nil's stand-in `UInt32.max`.
  func find(_ passages: UnsafeBufferPointer<segment_training_passage>, places: inout [UInt32]) {
    precondition(places.count >= passages.count)
    unsafe places.withUnsafeMutableBufferPointer { places in
      unsafe segment_training_find(entries, mask, passages.baseAddress, UInt32(passages.count), places.baseAddress)
    }
  }

  subscript(place: UInt32) -> segment_training_entry {
    get {
      precondition(place < capacity)
      return unsafe entries[Int(place)]
    }
    set {
      precondition(place < capacity)
      unsafe entries[Int(place)] = newValue
    }
  }

  /// Keeps only entries that meet `rule`, with `last` set to 0, in a table no larger than they need.
  func keep(_ rule: segment_training_rule) {
    var rule = rule
    rebuild { entry in
      var entry = entry
      return unsafe segment_training_is_public(&entry, &rule) != 0
    } change: {
      $0.last = 0
    }
  }

  /// Tables are at most three quarters full.
  private func makeRoom(for more: Int, session: UInt32) {
    while (count + more) * 4 > capacity * 3 {
      if capacity < largestCapacity {
        move(to: capacity * 2)
      } else {
        forget(session)
      }
    }
  }

  private func move(to newCapacity: Int) {
    let old = unsafe entries
    let oldCapacity = capacity
    let moved = unsafe Self.allocate(newCapacity)
    unsafe entries = moved
    peakMemory = max(peakMemory, (capacity + newCapacity) * Self.entrySize)
    capacity = newCapacity
    for index in 0..<oldCapacity where unsafe old[index].hash != 0 {
      unsafe segment_training_insert(entries, mask, old + index)
    }
    unsafe segment_training_free(old)
  }

  /// Forgets what was seen in one session, a while ago; if that is less than half of all, what was seen in the
  /// fewest sessions.
  private func forget(_ session: UInt32) {
    let recent = lastSweep + (session - lastSweep) / 2
    lastSweep = session
    var sessions = [Int](repeating: 0, count: 256)
    var old = 0
    for index in 0..<capacity where unsafe entries[index].hash != 0 {
      let entry = unsafe entries[index]
      sessions[min(Int(entry.sessions), 255)] += 1
      if entry.sessions == 1 && entry.last <= recent { old += 1 }
    }
    let before = count
    if count - old <= capacity * 3 / 8 {
      rebuild(keeping: { $0.sessions > 1 || $0.last > recent })
    } else {
      var least = 1
      var left = count - sessions[1]
      while left > capacity * 3 / 8, least < 255 {
        least += 1
        left -= sessions[least]
      }
      // Not even that makes room when nearly all were seen very often.
      rebuild(keeping: left > capacity * 3 / 8 ? { _ in false } : { $0.sessions > least })
    }
    forgotten += before - count
  }

  private func rebuild(
    keeping isKept: (segment_training_entry) -> Bool, change: (inout segment_training_entry) -> Void = { _ in }
  ) {
    var kept: [segment_training_entry] = []
    var total = 0
    for index in 0..<capacity where unsafe entries[index].hash != 0 {
      if unsafe isKept(entries[index]) { total += 1 }
    }
    kept.reserveCapacity(total)
    for index in 0..<capacity where unsafe entries[index].hash != 0 {
      if unsafe isKept(entries[index]) { unsafe kept.append(entries[index]) }
    }
    peakMemory = max(peakMemory, (capacity + total) * Self.entrySize)
    var fitting = Self.smallestCapacity
    while total * 4 > fitting * 2 { fitting *= 2 }
    unsafe segment_training_free(entries)
    capacity = min(fitting, largestCapacity)
    unsafe entries = Self.allocate(capacity)
    count = total
    for var entry in kept {
      change(&entry)
      unsafe segment_training_insert(entries, mask, &entry)
    }
  }
}
