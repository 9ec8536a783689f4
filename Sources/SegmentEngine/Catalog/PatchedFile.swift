internal import SegmentFiles

/// A file as it will be when a patch that the catalog names is carried out: reads see what the pages are to hold,
/// whatever a crash left in them. For reading only.
final class PatchedFile: ReadOnlyFile {
  let refusingName = "a file that is being erased from"
  private let file: any StorageFile
  private let patch: FilePatch

  init(_ file: any StorageFile, _ patch: FilePatch) {
    self.file = file
    self.patch = patch
  }

  func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(FileError) -> Int {
    let count = try file.read(into: &buffer, at: offset)
    let range = offset..<offset + UInt64(count)
    for zeros in patch.zeros {
      let common = range.clamped(to: zeros.offset..<zeros.offset + zeros.length)
      for at in common { buffer.storeBytes(of: 0 as UInt8, toByteOffset: Int(at - offset), as: UInt8.self) }
    }
    for image in patch.images {
      let common = range.clamped(to: image.offset..<image.offset + UInt64(image.bytes.count))
      for at in common {
        buffer.storeBytes(
          of: image.bytes[Int(at - image.offset)], toByteOffset: Int(at - offset), as: UInt8.self)
      }
    }
    return count
  }

  func facts() throws(FileError) -> FileFacts { try file.facts() }
  func forgetCached() { file.forgetCached() }
  func prefetch(at offset: UInt64, count: UInt64) { file.prefetch(at: offset, count: count) }
  func close() { file.close() }
}

extension CatalogState {
  /// What is to be overwritten in a pack and may be half; nil mostly.
  func patch(ofPack id: Identifier) -> FilePatch? {
    if destructions.isEmpty { return nil }
    return FilePatch(joining: destructions.lazy.flatMap(\.packs).filter { $0.pack == id }.map(\.patch))
  }

  /// What is to be overwritten in a journal and may be half; nil mostly.
  func patch(ofJournal id: Identifier) -> FilePatch? {
    if destructions.isEmpty { return nil }
    return FilePatch(joining: destructions.lazy.flatMap(\.journals).filter { $0.journal == id }.map(\.patch))
  }

  /// The same of one of the places where a journal may lie.
  func patch(ofJournal id: Identifier, isKeptAside: Bool) -> FilePatch? {
    FilePatch(
      joining: destructions.lazy.flatMap(\.journals).filter { $0.journal == id && $0.isKeptAside == isKeptAside }
        .map(\.patch))
  }
}

extension FilePatch {
  /// Several as one, in their order; nil for none.
  fileprivate init?(joining patches: some Sequence<FilePatch>) {
    var joined = FilePatch()
    for patch in patches {
      joined.images += patch.images
      joined.zeros += patch.zeros
    }
    if joined.images.isEmpty, joined.zeros.isEmpty { return nil }
    self = joined
  }
}
