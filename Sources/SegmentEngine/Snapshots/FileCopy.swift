internal import SegmentFiles

/// Gives a file a place in another folder: a second name where both lie on one volume, a copy elsewhere.
struct FileCopy {
  let files: any FileSystem
  /// Bytes that were copied, and those that are shared.
  private(set) var copied: UInt64 = 0
  private(set) var linked: UInt64 = 0
  /// Files that were copied: what is done to their originals is not done to them.
  private(set) var copies: [String] = []

  init(_ files: any FileSystem) { self.files = files }

  /// Links, or copies where that is not to be had. Does nothing where the name is taken: names are never used twice.
  mutating func share(_ source: String, as target: String) throws(FileError) {
    guard let facts = try files.facts(at: source) else {
      throw FileError(.open, path: source, errno: ErrorNumber.notFound)
    }
    do throws(FileError) {
      try files.link(source, as: target)
      linked += facts.size
    } catch {
      switch error.errno {
      case ErrorNumber.exists: return
      case ErrorNumber.crossesVolumes, ErrorNumber.tooManyLinks, ErrorNumber.notPermitted:
        try copy(source, as: target, count: facts.size)
      default: throw error
      }
    }
  }

  /// Copies the first `count` bytes and syncs them. What a cut-short attempt left is written over.
  mutating func copy(_ source: String, as target: String, count: UInt64) throws(FileError) {
    copies.append(target)
    let from = try files.open(source, .read)
    if try files.facts(at: target) != nil { try files.unlink(target) }
    let to = try files.open(target, .create)
    var at: UInt64 = 0
    while at < count {
      // No checksum is looked at here: a wrong read would be in the copy for good.
      let bytes = try from.readAgreed(at: at, count: Int(min(1 << 20, count - at)), path: source)
      if bytes.isEmpty { break }
      try to.writeBytes(bytes, at: at)
      at += UInt64(bytes.count)
    }
    try to.syncData()
    copied += at
  }

  /// Overwrites and removes what was copied: something was erased, or let go, meanwhile.
  mutating func discardCopies() throws(FileError) {
    for path in copies { try Zeros.destroy(path, files) }
    copies = []
    copied = 0
  }
}
