/// What was decided, by day and rule, in order of key: days come one after the other, so that almost all is added at the
/// end. As an array it also costs an opening less than as a dictionary, whose type would be made for it.
package struct RuleTotals: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    package let key: RuleTotal.Key
    package fileprivate(set) var total: RuleTotal
  }

  package private(set) var entries: [Entry] = []

  package init() {}

  package var isEmpty: Bool { entries.isEmpty }

  /// O(log n) where the key is there or comes last, else O(n).
  package mutating func add(_ total: RuleTotal, to key: RuleTotal.Key) {
    var place = entries.count
    if let last = entries.last, !(last.key < key) {
      var low = 0
      while low < place {
        let middle = (low + place) / 2
        if entries[middle].key < key { low = middle + 1 } else { place = middle }
      }
      // Not `==`, which takes names of different bytes for equal.
      if !(key < entries[place].key) {
        entries[place].total.add(total)
        return
      }
    }
    entries.insert(Entry(key: key, total: total), at: place)
  }

  /// Whether there are any of days before `day`; O(1).
  func hasDays(before day: UInt32) -> Bool { entries.first.map { $0.key.day < day } ?? false }

  /// O(n).
  mutating func forget(before day: UInt32) { entries.removeAll { $0.key.day < day } }

  /// As the catalog keeps them.
  var edits: [CatalogEdit] { entries.map { .total($0.key, $0.total) } }
}
