import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

@Suite("A cursor into what a machine lost before it was synced is told so, and goes on with what took its place")
struct LostTailTests {
  private let key = SessionKey(project: "shop", id: "s")

  private func append(
    _ writer: StoreWriter, _ store: SimulatedStore, _ indexes: Range<Int>, _ durability: Durability
  ) throws -> Cursor {
    store.clock.advance(milliseconds: 1)
    try writer.core.prepare(key)
    let events = indexes.map { Sample.mutation(Sample.base + Double($0), text: "\(durability)-\($0)") }
    let batch = try PreparedBatch(
      Sample.batch(events), to: key, window: "", batchID: nil, visitor: nil, validation: .rejectBatch,
      durability: durability, origin: .imported, received: store.clock.now(), limits: .init())
    return try #require(try writer.commit([.batch(batch)])[0].get().last)
  }

  private func read(_ core: StoreCore, after cursor: Cursor?) throws -> (sequences: [UInt64], gaps: [Gap]) {
    var stream = try BacklogStream(core, key, after: cursor, fromKeyframe: false)
    var out: (sequences: [UInt64], gaps: [Gap]) = ([], [])
    while let chunk = try stream.next() {
      out.sequences += chunk.events.map(\.sequence)
      if let gap = chunk.gapBefore { out.gaps.append(gap) }
    }
    return out
  }

  @Test("Sequences that are given again, and those that are not yet", arguments: [0, 1, 3, 8])
  func lost(_ again: Int) throws {
    let disk = SimulatedDisk(seed: 5)
    let store = SimulatedStore(disk, seed: 5)
    let writer = try store.openWriter()
    let kept = try append(writer, store, 0..<4, .synced)
    let lost = try append(writer, store, 4..<7, .buffered)
    #expect(lost.sequence == 6)
    let after = SimulatedStore(disk.powerLoss(.drop, seed: 1), seed: 6)
    let reopened = try after.openWriter(2)
    for index in 0..<again { _ = try append(reopened, after, 4 + index..<5 + index, .synced) }
    let rest = (4..<4 + again).map(UInt64.init)
    // What was synced is still known by its cursor.
    var out = try read(reopened.core, after: kept)
    #expect(out.sequences == rest && out.gaps.isEmpty)
    for sequence in 4...6 as ClosedRange<UInt64> {
      out = try read(reopened.core, after: Cursor(epoch: lost.epoch, sequence: sequence))
      #expect(out.sequences == rest)
      #expect(out.gaps.map(\.reason) == [.lost] && out.gaps.first?.sequences == 4..<sequence + 1)
    }
    // One of the new epoch that was never given is refused.
    let epoch = reopened.core.catalog.state.nextEpoch
    #expect(throws: StoreError.self) {
      _ = try read(reopened.core, after: Cursor(epoch: epoch, sequence: UInt64(4 + again)))
    }
    try reopened.close()
  }

  @Test("A crash that loses nothing is no gap")
  func kept() throws {
    let disk = SimulatedDisk(seed: 5)
    let store = SimulatedStore(disk, seed: 5)
    let writer = try store.openWriter()
    _ = try append(writer, store, 0..<4, .synced)
    let last = try append(writer, store, 4..<7, .buffered)
    let after = SimulatedStore(disk.powerLoss(.keep, seed: 1), seed: 6)
    let reopened = try after.openWriter(2)
    _ = try append(reopened, after, 7..<8, .synced)
    let out = try read(reopened.core, after: last)
    #expect(out.sequences == [7] && out.gaps.isEmpty)
    try reopened.close()
  }
}
