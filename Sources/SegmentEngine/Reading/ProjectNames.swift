/// The projects that have entries in a directory, of which few are read: as a directory is in order of project, all between two
/// entries of one project are of it.
enum ProjectNames {
  /// `project` gives the one of an entry, and nil where that cannot be told or is not to be. `places` are those of all entries
  /// of a pack, in any order. Of n entries, p log2(n) are read for p projects, and more around those that are not told.
  static func all(
    in places: [ProjectSearch.Place],
    _ project: (_ offset: UInt32, _ length: UInt32) throws(StoreError) -> String?
  ) throws(StoreError) -> Set<ExactName> {
    let places = places.sorted()
    var found = Set<ExactName>()
    var known: [Int: ExactName?] = [:]
    func name(_ at: Int) throws(StoreError) -> ExactName? {
      if let name = known[at] { return name }
      let name = try project(ProjectSearch.offset(places[at]), ProjectSearch.length(places[at])).map(ExactName.init)
      known[at] = .some(name)
      if let name { found.insert(name) }
      return name
    }
    var left = places.isEmpty ? [] : [0...places.count - 1]
    while let range = left.popLast() {
      let (first, last) = (try name(range.lowerBound), try name(range.upperBound))
      if range.count <= 2 || first != nil && first == last { continue }
      let middle = (range.lowerBound + range.upperBound) / 2
      left += [middle...range.upperBound, range.lowerBound...middle]
    }
    return found
  }
}
