/// The frames of a catalog file: the content of each in two copies of its pages.
struct CatalogFrame {
  var store: Identifier
  var generation: UInt64
  var commit: UInt64
  var number: UInt32
  var content: [UInt8]
  /// The store's version of the format.
  var version = FormatVersion.newest

  /// The bytes of both copies, for a frame that begins at `offset`.
  func encode(at offset: UInt64) -> [UInt8] {
    let pages = max(1, (content.count + CatalogPage.capacity - 1) / CatalogPage.capacity)
    var writer = ByteWriter(reserving: 2 * pages * CatalogPage.size)
    for copy in 0..<2 {
      for page in 0..<pages {
        let start = page * CatalogPage.capacity
        CatalogPage(
          version: version, frame: number, page: UInt32(page), pages: UInt32(pages), store: store,
          generation: generation, commit: commit, offset: offset + UInt64((copy * pages + page) * CatalogPage.size),
          content: Array(content[start..<min(content.count, start + CatalogPage.capacity)])
        ).encode(into: &writer)
      }
    }
    return writer.bytes
  }
}

/// What the bytes of a catalog file, or of its end, hold.
struct CatalogScan {
  /// The frames that are whole, in order, without a hole among them.
  var frames: [CatalogFrame] = []
  /// Offset behind the last of them.
  var end: UInt64
  /// Bytes of the first of them.
  var firstFrameBytes: UInt64 = 0
  /// True where something follows that is no whole frame.
  var hasTornTail = false
  /// Offset of a frame that is gone although later ones are there: damage.
  var lost: UInt64?
  /// Offsets of pages that are invalid while their other copy is well.
  var damagedCopies: [UInt64] = []
  /// Set where a page says it is of a newer version.
  var newerVersion: UInt16?

  /// Whether all of it is frames, each in both copies.
  var isWhole: Bool {
    !hasTornTail && lost == nil && damagedCopies.isEmpty && newerVersion == nil && (end > 0 || !frames.isEmpty)
  }

  /// Scans `bytes`, read from offset `base` of the file, where frame `next` is expected to begin.
  init(_ bytes: [UInt8], base: UInt64, next: UInt32) {
    end = base
    var valid: [CatalogPage] = []
    var invalid: [UInt64] = []
    var at = 0
    var identity: (Identifier, UInt64)?
    while at < bytes.count {
      do {
        let page = try CatalogPage.decode(bytes, at: at, base: base)
        if identity == nil { identity = (page.store, page.generation) }
        if let identity, identity == (page.store, page.generation) {
          valid.append(page)
        } else {
          invalid.append(base + UInt64(at))
        }
      } catch {
        if case .newerVersion(let version) = error.reason { newerVersion = version }
        invalid.append(base + UInt64(at))
      }
      at += CatalogPage.size
    }
    // They stand in this order where nothing is wrong.
    valid.sort { ($0.frame, $0.offset) < ($1.frame, $1.offset) }
    var number = next
    var rest = valid.drop { $0.frame < next }
    while let first = rest.first, first.frame == number {
      let pages = rest.prefix { $0.frame == number }
      guard let content = Self.join(pages, begin: end) else { break }
      frames.append(
        CatalogFrame(
          store: first.store, generation: first.generation, commit: first.commit, number: number, content: content,
          version: first.version))
      let size = 2 * UInt64(first.pages) * UInt64(CatalogPage.size)
      damagedCopies += invalid.filter { $0 >= end && $0 < end + size }
      if frames.count == 1 { firstFrameBytes = size }
      end += size
      number += 1
      rest = rest[pages.endIndex...]
    }
    // Copies that the end of the file cuts off are missing as much as damaged ones.
    if end > base + UInt64(bytes.count) { damagedCopies.append(base + UInt64(bytes.count)) }
    if let last = valid.last, last.frame > number {
      lost = end
    } else {
      hasTornTail = end < base + UInt64(bytes.count)
    }
  }

  /// The content of a frame from whichever copies of its pages are valid; nil where one has none, or the pages do not
  /// belong at `begin`.
  private static func join(_ pages: ArraySlice<CatalogPage>, begin: UInt64) -> [UInt8]? {
    guard let first = pages.first else { return nil }
    let count = Int(first.pages)
    var content: [UInt8] = []
    var wanted: UInt32 = 0
    let sorted = pages.sorted { ($0.page, $0.offset) < ($1.page, $1.offset) }
    for page in sorted {
      guard page.pages == first.pages, page.commit == first.commit else { return nil }
      let index = (page.offset &- begin) / UInt64(CatalogPage.size)
      guard page.offset >= begin, index % UInt64(count) == UInt64(page.page), index < 2 * UInt64(count) else {
        return nil
      }
      if page.page == wanted {
        content += page.content
        wanted += 1
      } else if page.page > wanted {
        return nil
      }
    }
    return wanted == first.pages ? content : nil
  }
}
