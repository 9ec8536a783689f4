/// Where the entries of one project stand in the directories of packs: next to each other in each, as directories are in order
/// of project.
struct ProjectPlaces: Sendable {
  /// Offsets in the pack, the first of which may be an entry of the project's and none outside of which is; those of a pack that
  /// is not among them may be anywhere.
  var ranges: [Identifier: Range<UInt32>] = [:]

  /// The ranges by the places that packs have in an index; nil where the project may be anywhere.
  func byPlace(in index: SegmentIndex) -> [Range<UInt32>?] { index.packs.map { $0.flatMap { ranges[$0.id] } } }
}

/// Places of the projects that were listed.
struct KnownProjects: Sendable {
  private var places: [ExactName: ProjectPlaces] = [:]
  private var count = 0
  /// Packs times projects; some 40 bytes each.
  private static let limit = 1 << 16

  subscript(project: String) -> ProjectPlaces? { places[ExactName(project)] }

  /// Where there are too many, all others are forgotten.
  mutating func set(_ project: String, _ found: ProjectPlaces) {
    count += found.ranges.count - (places[ExactName(project)]?.ranges.count ?? 0)
    if count > Self.limit {
      places = [:]
      count = found.ranges.count
    }
    places[ExactName(project)] = found
  }
}
