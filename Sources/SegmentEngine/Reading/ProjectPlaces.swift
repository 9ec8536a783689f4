/// Where the entries of one project stand in the directories of packs: next to each other in each, as directories are in order
/// of project.
struct ProjectPlaces: Sendable {
  /// For a pack, the offsets between which all entries of the project are; in one that is not among them they may be anywhere.
  var ranges: [Identifier: Range<UInt32>] = [:]

  /// The ranges by the places that packs have in an index; nil where the project may be anywhere.
  func byPlace(in index: SegmentIndex) -> [Range<UInt32>?] { index.packs.map { $0.flatMap { ranges[$0.id] } } }
}

/// Places of the projects that were listed.
struct KnownProjects: Sendable {
  private var places: [ExactName: ProjectPlaces] = [:]
  private var count = 0
  /// Ranges and projects; some 40 bytes each.
  private static let limit = 1 << 16

  subscript(project: String) -> ProjectPlaces? { places[ExactName(project)] }

  /// Where there are too many, all others are forgotten. What no project can be named is not kept.
  mutating func set(_ project: String, _ found: ProjectPlaces) {
    guard project.utf8.count <= FormatLimits.project else { return }
    let name = ExactName(project)
    count += 1 + found.ranges.count - (places[name].map { 1 + $0.ranges.count } ?? 0)
    if count > Self.limit {
      places = [:]
      count = 1 + found.ranges.count
    }
    places[name] = found
  }
}
