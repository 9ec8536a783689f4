import SegmentEngine
import Testing

@Suite("Order of time holds however many blocks overlap")
struct OverlapTests {
  @Test("Sixty blocks that all span the same hour, shuffled, with equal times among them")
  func manyBlocks() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: "s")
    var generator = SeededGenerator(seed: 1)
    var events: [(time: Double, line: String)] = []
    for _ in 0..<60 {
      let batch = (0..<12).map { _ in
        let time = Sample.base + Double(Int.random(in: 0..<900, using: &generator)) * 4_000
        return (time: time, line: Sample.mutation(time, text: generator.letters(280)))
      }
      events += batch
      try await store.add(batch.map(\.line), to: key)
    }
    let sorted = events.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
    for round in 0..<2 {
      let read = try await store.events(in: key, order: .time).all()
      #expect(read.lines == sorted.map(\.element.line))
      #expect(read.sequences == sorted.map { UInt64($0.offset) })
      #expect(try await store.events(in: key).all().lines == events.map(\.line))
      let range = Sample.base + 600_000..<Sample.base + 1_200_000
      let part = try await store.events(
        in: key,
        time: Timestamp(millisecondsSince1970: range.lowerBound)..<Timestamp(millisecondsSince1970: range.upperBound),
        order: .time
      ).all()
      #expect(part.lines == sorted.filter { range.contains($0.element.time) }.map(\.element.line))
      if round == 0 {
        try await store.flush()
        let blocks = try await store.byteRanges(in: key).blocks
        #expect(blocks.count > 50)
        let spans = blocks.compactMap(\.time)
        let middle = Timestamp(millisecondsSince1970: Sample.base + 1_800_000)
        #expect(spans.count { $0.contains(middle) } > 40)
      }
    }
    try await store.close()
  }

  @Test("A range is half open: its first moment is in it, its last is not")
  func halfOpen() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: "s")
    let times = [0, 1, 1.5, 2, 2, 3].map { Sample.base + $0 }
    try await store.add(times.map { Sample.mutation($0) }, to: key)
    func range(_ from: Double, _ to: Double) -> Range<Timestamp> {
      Timestamp(millisecondsSince1970: Sample.base + from)..<Timestamp(millisecondsSince1970: Sample.base + to)
    }
    for _ in 0..<2 {
      for order in [EventOrder.arrival, .time] {
        for (from, to, expected) in [
          (0.0, 3.0, 0..<5), (1, 2, 1..<3), (2, 2.5, 3..<5), (1.5, 1.75, 2..<3), (2, 2, 0..<0), (3, 4, 5..<6),
          (-5, 0, 0..<0), (3.5, 9, 0..<0),
        ] {
          let read = try await store.events(in: key, time: range(from, to), order: order).all()
          #expect(read.sequences == expected.map(UInt64.init), "\(from)..<\(to), \(order)")
        }
      }
      try await store.flush()
    }
    try await store.close()
  }
}
