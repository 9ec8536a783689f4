import SegmentEngine
import SegmentFiles

/// What a store's files take on the disk: allocated bytes, by what they are for.
struct DiskUse {
  var recent: UInt64 = 0
  var archive: UInt64 = 0
  var dictionaries: UInt64 = 0
  var gone: UInt64 = 0
  var catalog: UInt64 = 0
  var journals: UInt64 = 0
  /// Reserve, locks, mark, and whatever else is there.
  var others: UInt64 = 0

  var all: UInt64 { recent + archive + dictionaries + gone + catalog + journals + others }

  init(_ layout: Layout, _ packs: [PackFacts]) throws {
    let files = POSIXFileSystem()
    let tiers = Dictionary(packs.map { (layout.pack($0.id), $0.tier) }) { first, _ in first }
    for folder in [layout.root] + layout.folders {
      for name in try files.list(folder) {
        let path = "\(folder)/\(name)"
        guard let facts = try files.facts(at: path), facts.kind == .file else { continue }
        switch (folder, tiers[path]) {
        case (_, .recent?): recent += facts.allocated
        case (_, .archive?): archive += facts.allocated
        case (layout.dictionaries, _): dictionaries += facts.allocated
        case (layout.gone, _): gone += facts.allocated
        case (layout.journals, _): journals += facts.allocated
        case _ where path == layout.catalog: catalog += facts.allocated
        default: others += facts.allocated
        }
      }
    }
  }
}
