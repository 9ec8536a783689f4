/// Looks for a project in the directory of a pack, of which it is known where entries are, and not what they are of.
///
/// `project` gives the one of an entry, and nil where that cannot be told; then the range may be larger than need be, and is
/// never too small. Entries are looked at in halves: some 2 log2(n) of n, and two where all are of one project.
struct ProjectSearch {
  /// Offset in the upper, length in the lower 32 bits.
  typealias Place = UInt64

  private let project: String
  private let read: (_ offset: UInt32, _ length: UInt32) throws(StoreError) -> String?
  /// What was read already.
  private var known: [Place: String?] = [:]

  init(_ project: String, _ read: @escaping (_ offset: UInt32, _ length: UInt32) throws(StoreError) -> String?) {
    self.project = project
    self.read = read
  }

  static func place(_ offset: UInt32, _ length: UInt32) -> Place { UInt64(offset) << 32 | UInt64(length) }
  static func offset(_ place: Place) -> UInt32 { UInt32(place >> 32) }
  static func length(_ place: Place) -> UInt32 { UInt32(truncatingIfNeeded: place) }

  /// The range of offsets that holds all entries of the project; `places` are those of all entries of the pack, in any order.
  mutating func range(in places: [Place]) throws(StoreError) -> Range<UInt32> {
    guard let first = places.min(), let last = places.max() else { return 0..<0 }
    let end = Self.offset(last) == .max ? UInt32.max : Self.offset(last) + 1
    let (from, to) = (try order(first), try order(last))
    if from == .after || to == .before { return 0..<0 }
    let lower = from == .same ? Self.offset(first) : try bound(places, end) { $0 == .before }
    let upper = to == .same ? end : try bound(places.filter { Self.offset($0) >= lower }, end) { $0 != .after }
    return lower..<max(lower, upper)
  }

  private enum Order { case before, same, after }

  private mutating func order(_ place: Place) throws(StoreError) -> Order? {
    let found: String?
    if let known = known[place] {
      found = known
    } else {
      found = try read(Self.offset(place), Self.length(place))
      known[place] = .some(found)
    }
    guard let found else { return nil }
    if NameBytes.same(found, project) { return .same }
    return NameBytes.precedes(found, project) ? .before : .after
  }
}

extension ProjectSearch {
  /// Where the entries end that `isBelow` holds for, all of which stand before those that it does not hold for: the offset of
  /// the first of the others, or `end`. Where too many of what is looked at cannot be told, the bound that is known by then:
  /// the lower one for the beginning of a project, the upper one for its end.
  private mutating func bound(
    _ places: [Place], _ end: UInt32, _ isBelow: (Order) -> Bool
  ) throws(StoreError) -> UInt32 {
    var left = places
    var upper = end
    while let middle = Self.middle(left) {
      // The middle one, or some other: they are in no order.
      var told: (place: Place, order: Order)?
      for place in [middle] + left.prefix(4) where told == nil {
        if let order = try order(place) { told = (place, order) }
      }
      guard let told else { return isBelow(.same) ? upper : left.min().map(Self.offset) ?? upper }
      if isBelow(told.order) {
        left = left.filter { $0 > told.place }
      } else {
        upper = Self.offset(told.place)
        left = left.filter { $0 < told.place }
      }
    }
    return upper
  }

  /// One that is near the middle: that of a sample.
  private static func middle(_ places: [Place]) -> Place? {
    if places.isEmpty { return nil }
    let step = max(1, places.count / 63)
    let sample = stride(from: 0, to: places.count, by: step).map { places[$0] }.sorted()
    return sample[sample.count / 2]
  }
}
