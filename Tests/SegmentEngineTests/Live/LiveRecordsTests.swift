import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// What live sessions keep of their batches in little space.
@Suite struct LiveRecordsTests {
  private func record(_ sequence: UInt64, _ range: ClosedRange<Double>?, offset: UInt64 = 4_160) -> LiveRecord {
    LiveRecord(
      offset: offset, headLength: 120, payloadLength: 4_000, sequence: sequence, first: range?.lowerBound ?? 0,
      last: range?.upperBound ?? 0, batchMark: 0xDEAD_BEEF, events: 7, window: 3,
      flags: range == nil ? [.hasBatchID] : [.hasRange, .hasKeyframe, .isSorted])
  }

  @Test func aRecordTakesThirtyTwoBytes() {
    #expect(MemoryLayout<PackedRecord>.stride == 32)
    #expect(MemoryLayout<SegmentFacts.Tally>.stride == 12)
  }

  @Test func recordsComeBackAsTheyWere() {
    var records = LiveRecords()
    let start = 1_795_000_000_000.0
    let all = [
      record(40, nil, offset: 4_160), record(47, start + 0.5...start + 30_000, offset: 8_256),
      record(54, start - 5_000...start + 1, offset: 1 << 34), record(61, nil, offset: (1 << 34) + 8),
    ]
    let taken = all.map { records.append($0) }
    #expect(taken == [true, true, true, true])
    #expect(Array(records) == all)
    #expect(records.count == 4)
  }

  @Test(arguments: [1 as UInt64, 2, 3]) func aRangeThatIsReadBackHoldsTheOneThatWasPutIn(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<2_000 {
      let base = Double.random(in: 0...2e12, using: &random)
      var records = LiveRecords()
      var kept: [ClosedRange<Double>] = []
      for step in 0..<8 {
        let first = max(0, base + Double.random(in: -6e8...6e8, using: &random))
        let range = first...first + Double.random(in: 0...6e8, using: &random)
        if records.append(record(UInt64(step) * 7, range)) { kept.append(range) }
      }
      #expect(kept.count == 8, "seed \(seed)")
      for (record, range) in zip(records, kept) {
        #expect(record.first <= range.lowerBound && range.lowerBound - record.first <= 256, "seed \(seed)")
        #expect(record.last >= range.upperBound && record.last - range.upperBound <= 256, "seed \(seed)")
      }
    }
  }

  @Test func wholeMillisecondsOfOneVisitAreKeptExactly() {
    var records = LiveRecords()
    let start = 1_795_000_000_000.0
    for step in 0..<500 {
      let first = start + Double(step) * 30_001
      let isTaken = records.append(record(UInt64(step) * 7, first...first + 29_999))
      #expect(isTaken)
    }
    #expect(records.enumerated().allSatisfy { $1.first == start + Double($0) * 30_001 && $1.last == $1.first + 29_999 })
  }

  @Test(arguments: [0, 1e-300, 0.25, 5, 1.8e12, 1e300])
  func anEmptyListTakesAnyTimeAndAnyPlace(time: Double) {
    var records = LiveRecords()
    let isTaken = records.append(record(3, time...time, offset: 1 << 50))
    #expect(isTaken)
    #expect(records.map(\.offset) == [1 << 50])
    #expect(records.allSatisfy { $0.first <= time && $0.last >= time })
  }

  @Test func whatDoesNotFitIsRefusedAndLeavesTheListAsItWas() {
    var records = LiveRecords()
    let kept = record(0, 1e12...1e12)
    let others = [
      kept, record(8, nil), record(7, 1e11...1e12), record(7, 1e12...1e300), record(7, nil, offset: 1 << 36),
      record(7, nil, offset: 64),
    ]
    let taken = others.map { records.append($0) }
    #expect(taken == [true, false, false, false, false, false])
    #expect(Array(records) == [kept])
  }

  @Test func aGapInTheSequencesStartsAnotherPartOfTheSameJournal() {
    let journal = JournalIdentity(id: .zero, ordinal: 4, epoch: 2)
    var session = LiveSession(lastReceived: 0)
    for (sequence, offset) in [(0, 4_160), (2, 4_400), (9, 8_256), (11, 8_400)] as [(UInt64, UInt64)] {
      var table = EventTable()
      table.entries = [
        .init(code: 2, length: 9, timestamp: 1e12), .init(code: 19, length: 9, timestamp: 1e12 + Double(sequence)),
      ]
      let batch = BatchDetails(
        window: "w", visitor: "", batchID: "b\(sequence)", rawChecksum: 0, reference: 1e12, table: table, pages: [])
      session.apply(
        RecordHead(
          offset: offset, headLength: 100, payloadLength: 20, payloadChecksum: 0, rawLength: 20, sequence: sequence,
          received: 1e12, events: 2, flags: [], session: SessionKey(id: "s"), appliedCommit: 0,
          details: .events(batch)), in: journal, digest: nil)
    }
    #expect(session.parts.map { $0.records.map(\.sequence) } == [[0, 2], [9, 11]])
    #expect(session.nextSequence == 13)
    #expect(session.parts.map(\.rawBytes) == [40, 40])
    #expect(session.parts.map(\.storedBytes) == [40, 40])
    session.remove(journals: [4])
    #expect(session.parts.isEmpty && session.packedBatches.count == 4)
  }
}
