import SegmentFiles

/// What the system writes to the disk of itself, in the middle of a life: pages of files and changes of names that nobody
/// synced become durable early, in an order of the system's own.
extension DiskState {
  /// Before an operation, once in four: one page of a file, or the oldest of the changes of names.
  mutating func writeBackOnce() {
    guard var lots = writeBack else { return }
    defer { writeBack = lots }
    guard lots.once(in: 4) else { return }
    if !pendingNames.isEmpty, lots.once(in: 4) {
      let count = 1 + lots.below(pendingNames.count)
      for change in pendingNames.prefix(count) { makeDurable(change) }
      pendingNames.removeFirst(count)
      return
    }
    let dirty = nodes.indices.filter { !nodes[$0].isDirectory && !nodes[$0].pending.isEmpty }
    guard !dirty.isEmpty else { return }
    let node = dirty[lots.below(dirty.count)]
    // Mostly the newest: what a program writes is what it cares for.
    let pages = nodes[node].pending.flatMap(\.pages)
    guard !pages.isEmpty else { return nodes[node].writeBackSizes() }
    nodes[node].writeBack(page: pages[lots.below(pages.count)])
  }
}

extension DiskNode {
  /// Makes a page durable as the cache has it, its size too as far as the page goes. What else is unsynced stays so.
  /// Where sizes were set that are not durable they go first, with all before them: a page must not come back in front of
  /// the size that cut it off.
  mutating func writeBack(page: Int) {
    if pending.contains(where: \.isResize) { return writeBackSizes() }
    let range = page * FileImage.pageSize..<(page + 1) * FileImage.pageSize
    var rest: [ContentChange] = []
    for change in pending {
      for piece in change.split(at: range) {
        if piece.isInside { durable.apply(piece.change) } else { rest.append(piece.change) }
      }
    }
    pending = rest
  }

  /// Makes all durable up to the last size that was set.
  mutating func writeBackSizes() {
    guard let last = pending.lastIndex(where: \.isResize) else { return }
    for change in pending[...last] { durable.apply(change) }
    pending.removeFirst(last + 1)
  }
}

extension ContentChange {
  var isResize: Bool {
    if case .resize = self { return true }
    return false
  }

  /// The bytes it is about; none where it sets a size.
  private var range: Range<Int> {
    switch self {
    case .write(let offset, let bytes): offset..<offset + bytes.count
    case .punch(let range): range
    case .resize: 0..<0
    }
  }

  /// The pages it is about.
  var pages: [Int] {
    let range = range
    if range.isEmpty { return [] }
    return Array(range.lowerBound / FileImage.pageSize...(range.upperBound - 1) / FileImage.pageSize)
  }

  /// The same in up to three pieces, of which one is what lies inside of some bytes.
  fileprivate func split(at inside: Range<Int>) -> [(change: ContentChange, isInside: Bool)] {
    let all = range
    guard all.overlaps(inside) else { return [(self, false)] }
    let cuts = [
      (all.lowerBound..<max(all.lowerBound, inside.lowerBound), false), (all.clamped(to: inside), true),
      (min(all.upperBound, inside.upperBound)..<all.upperBound, false),
    ]
    return cuts.filter { !$0.0.isEmpty }.map { (piece($0.0), $0.1) }
  }

  private func piece(_ part: Range<Int>) -> ContentChange {
    switch self {
    case .write(let offset, let bytes):
      .write(offset: part.lowerBound, bytes: Array(bytes[part.lowerBound - offset..<part.upperBound - offset]))
    case .punch: .punch(part)
    case .resize: self
    }
  }
}
