/// Some of a listing of unknown length, spread evenly over it, while no more than twice as many are kept.
struct EvenSample<Element> {
  private let count: Int
  private var kept: [Element] = []
  /// Each of so many is kept.
  private var step = 1
  private var seen = 0

  init(_ count: Int) { self.count = max(1, count) }

  mutating func add(_ element: Element) {
    defer { seen += 1 }
    guard seen % step == 0 else { return }
    if kept.count == 2 * count {
      kept = stride(from: 0, to: kept.count, by: 2).map { kept[$0] }
      step *= 2
      guard seen % step == 0 else { return }
    }
    kept.append(element)
  }

  /// The sample, in the order of the listing.
  var chosen: [Element] {
    guard kept.count > count else { return kept }
    return (0..<count).map { kept[$0 * kept.count / count] }
  }
}
