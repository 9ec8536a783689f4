@testable import SegmentEngine

/// The catalog: its edits, and the pages of its frames.
enum CatalogTargets {
  static let edits = FuzzTarget(
    name: "catalog-edits",
    seeds: {
      let all = CodecSamples.edits
      return [Array(all.prefix(10)), Array(all.dropFirst(10).prefix(12)), Array(all.dropFirst(22)), all].map(encoded)
    }, run: checkEdits)

  static let pages = FuzzTarget(
    name: "catalog-pages",
    seeds: {
      var image = frame(0, CodecSamples.edits).encode(at: 0)
      image += frame(1, Array(CodecSamples.edits.prefix(1))).encode(at: UInt64(image.count))
      return [[0] + image.prefix(4_096), [0] + image, [1] + image.prefix(8_192)]
    }, run: checkPages)

  private static func frame(_ number: UInt32, _ edits: [CatalogEdit]) -> CatalogFrame {
    CatalogFrame(store: CodecSamples.store, generation: 1, commit: 4, number: number, content: encoded(edits))
  }

  private static func encoded(_ edits: [CatalogEdit]) -> [UInt8] {
    var writer = ByteWriter()
    for edit in edits { edit.encode(into: &writer) }
    return writer.bytes
  }

  private static func checkEdits(_ bytes: [UInt8]) {
    guard let edits = accepted({ try CatalogEdit.decodeAll(bytes) }) else { return }
    require(accepted { try CatalogEdit.decodeAll(encoded(edits)) } == edits, "edits differ when they are written again")
    var state = CatalogState(store: CodecSamples.store)
    for edit in edits {
      state.commit += 1
      _ = accepted { try state.apply(edit) }
    }
    // What a new generation repeats must make the same state.
    var again = CatalogState(store: CodecSamples.store)
    do {
      for edit in state.snapshot() { try again.apply(edit) }
    } catch {
      fatalError("a new generation of the catalog cannot be read: \(error)")
    }
    again.commit = state.commit
    again.flushRequest = state.flushRequest
    require(again == state, "a new generation of the catalog says something else")
  }

  private static func checkPages(_ input: [UInt8]) {
    let (choice, rest) = input.choice
    var bytes = rest
    for start in stride(from: 0, to: bytes.count - bytes.count % CatalogPage.size, by: CatalogPage.size)
    where choice & 1 == 0 {
      bytes.put(UInt64(start), at: start + 56)
      bytes.put(Checksum.plain(bytes, start + 8..<start + CatalogPage.size), at: start + 4)
    }
    let size = UInt64(bytes.count)
    let scan = CatalogScan(bytes, base: 0, next: UInt32(choice >> 1))
    require(scan.end <= 2 * size, "an end beyond the file")
    require(scan.damagedCopies.allSatisfy { $0 <= size }, "a damaged copy beyond the file")
    require(!(scan.lost != nil && scan.hasTornTail), "a tail that is both torn and lost")
    var kept = 0
    for frame in scan.frames {
      kept += frame.content.count
      _ = accepted { try CatalogEdit.decodeAll(frame.content) }
    }
    require(kept <= bytes.count, "more content than there are bytes")
  }
}
