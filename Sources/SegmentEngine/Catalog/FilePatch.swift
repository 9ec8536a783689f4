internal import SegmentFiles

/// Changes to a file in whole pages, as they will stand there afterwards: a loss of power may leave any page that was being
/// written as it was, as it was to be, or as garbage, whatever else lay in it. Written again from here each is right.
package struct FilePatch: Sendable, Hashable {
  /// A run of pages and what they hold afterwards; the last one of a file may be short.
  package struct Image: Sendable, Hashable {
    package var offset: UInt64
    package var bytes: [UInt8]
  }

  /// A run of pages that are zeros afterwards.
  package struct Zeros: Sendable, Hashable {
    package var offset: UInt64
    package var length: UInt64
  }

  package var images: [Image] = []
  package var zeros: [Zeros] = []

  static let page: UInt64 = 4_096

  /// Bytes of all images: what the catalog has to hold of it.
  var imageBytes: Int { images.reduce(0) { $0 + $1.bytes.count } }
  /// Bytes that are written when it is carried out.
  var bytes: UInt64 { UInt64(imageBytes) + zeros.reduce(0) { $0 + $1.length } }
}

/// One change of a file, of any place and length.
struct FileChange {
  var offset: UInt64
  var length: UInt64
  /// What stands there afterwards; nil: zeros.
  var bytes: [UInt8]?

  var end: UInt64 { offset + length }
}

extension FilePatch {
  /// The patch that makes some changes, which do not overlap. Reads the pages that are changed in part. `path` is for
  /// errors.
  init(_ changes: [FileChange], of file: any StorageFile, path: String) throws(FileError) {
    let size = try file.facts().size
    var pages: [UInt64: [UInt8]] = [:]
    var zeros: [Zeros] = []
    for change in Self.joined(changes) {
      let firstWhole = (change.offset + Self.page - 1) / Self.page * Self.page
      let lastWhole = change.end / Self.page * Self.page
      var at = change.offset
      while at < change.end {
        if change.bytes == nil, at == firstWhole, firstWhole < lastWhole {
          if let last = zeros.last, last.offset + last.length == at {
            zeros[zeros.count - 1].length += lastWhole - at
          } else {
            zeros.append(Zeros(offset: at, length: lastWhole - at))
          }
          at = lastWhole
          continue
        }
        let page = at / Self.page * Self.page
        let end = min(change.end, page + Self.page)
        if pages[page] == nil {
          // What neighbours have on the page is written again as it is read.
          let count = Int(min(Self.page, size - min(size, page)))
          pages[page] = try file.readAgreed(at: page, count: count, path: path)
        }
        let place = Int(at - page)..<Int(end - page)
        if place.upperBound <= pages[page]?.count ?? 0 {
          if let bytes = change.bytes {
            let from = Int(at - change.offset)
            pages[page]?.replaceSubrange(place, with: bytes[from..<from + place.count])
          } else {
            pages[page]?.replaceSubrange(place, with: repeatElement(0, count: place.count))
          }
        }
        at = end
      }
    }
    for (offset, bytes) in pages.sorted(by: { $0.key < $1.key }) {
      // Nothing is left on it: it can be given back like those between.
      if bytes.count == Int(Self.page), bytes.allSatisfy({ $0 == 0 }) {
        zeros.append(Zeros(offset: offset, length: Self.page))
        continue
      }
      if let last = images.last, last.offset + UInt64(last.bytes.count) == offset {
        images[images.count - 1].bytes += bytes
      } else {
        images.append(Image(offset: offset, bytes: bytes))
      }
    }
    for range in zeros.sorted(by: { $0.offset < $1.offset }) {
      if let last = self.zeros.last, last.offset + last.length == range.offset {
        self.zeros[self.zeros.count - 1].length += range.length
      } else {
        self.zeros.append(range)
      }
    }
  }

  /// The changes in order, those that become zeros and follow one another as one: pages between two of them then belong to
  /// neither, and are given back whole.
  private static func joined(_ changes: [FileChange]) -> [FileChange] {
    var joined: [FileChange] = []
    for change in changes.sorted(by: { $0.offset < $1.offset }) where change.length > 0 {
      if let last = joined.last, last.end == change.offset, last.bytes == nil, change.bytes == nil {
        joined[joined.count - 1].length += change.length
      } else {
        joined.append(change)
      }
    }
    return joined
  }

  /// Writes it and syncs, then gives the space of zeros back. Doing it again comes to the same.
  func apply(to file: any StorageFile) throws(FileError) {
    for image in images { try file.writeBytes(image.bytes, at: image.offset) }
    for range in zeros { try SegmentEngine.Zeros.overwrite(file, range.offset..<range.offset + range.length) }
    try file.syncData()
    for range in zeros { SegmentEngine.Zeros.free(file, range.offset..<range.offset + range.length) }
  }

  func encode(into writer: inout ByteWriter) {
    writer.varint(images.count)
    for image in images {
      writer.varint(image.offset)
      writer.varint(image.bytes.count)
      writer.raw(image.bytes)
    }
    writer.varint(zeros.count)
    for range in zeros {
      writer.varint(range.offset)
      writer.varint(range.length)
    }
  }

  static func decode(_ reader: inout ByteReader) throws(FormatError) -> FilePatch {
    var patch = FilePatch()
    for _ in 0..<(try reader.listCount("images", entry: 2)) {
      let at = reader.position
      let offset = try reader.varint()
      guard offset % page == 0, offset < 1 << 48 else { throw FormatError(.invalid("offset of an image"), at: at) }
      let count = try reader.count("image", limit: reader.remaining)
      patch.images.append(Image(offset: offset, bytes: try reader.raw(count)))
    }
    for _ in 0..<(try reader.listCount("zeros", entry: 2)) {
      let at = reader.position
      let range = Zeros(offset: try reader.varint(), length: try reader.varint())
      guard range.offset % page == 0, range.length % page == 0, range.offset < 1 << 48, range.length < 1 << 40 else {
        throw FormatError(.invalid("range of zeros"), at: at)
      }
      patch.zeros.append(range)
    }
    return patch
  }
}
