import Foundation
import SegmentEngine
import Testing

@testable import engine_tool

@Suite("Batches of an import")
struct BatchTests {
  private func cut(_ text: String, isTimed: Bool = false) throws -> [InputBatch] {
    var source = LineBatches(
      LineReader(Pieces(text.utf8, of: 997), "x"), RecordingFile("x", window: "w"), checksum: 0xBEEF, copy: 0,
      isTimed: isTimed)
    var batches: [InputBatch] = []
    while let batch = try source.next() { batches.append(batch) }
    #expect(batches.flatMap(\.bytes).count <= text.utf8.count)
    return batches
  }

  private func event(_ time: Int, _ size: Int = 0) -> String {
    #"{"type":5,"data":"\#(String(repeating: "x", count: size))","timestamp":\#(time)}"# + "\n"
  }

  @Test("are cut at a thousand lines")
  func byCount() throws {
    let batches = try cut((0..<2_500).map { event($0) }.joined())
    #expect(batches.map(\.line) == [0, 1_000, 2_000])
    #expect(batches.map(\.id) == ["import-0000beef-0", "import-0000beef-1", "import-0000beef-2"])
    #expect(batches.allSatisfy { $0.window == "w" && $0.time == nil })
  }

  @Test("are cut at a megabyte, a larger event being one of its own")
  func bySize() throws {
    let sizes = [400_000, 400_000, 400_000, 3_000_000, 10]
    let batches = try cut(sizes.map { event(1, $0) }.joined())
    #expect(batches.map(\.line) == [0, 2, 3, 4])
    #expect(batches.flatMap(\.bytes) == Array(sizes.map { event(1, $0) }.joined().utf8))
  }

  @Test("are cut every five seconds of the recording when it is replayed")
  func byTime() throws {
    let batches = try cut([0, 4_999, 5_000, 9_000, 9_999, 10_000].map { event($0) }.joined(), isTimed: true)
    #expect(batches.map(\.line) == [0, 2, 5])
    #expect(batches.map(\.time) == [0, 5_000, 10_000])
  }

  @Test("hold no empty ones")
  func empty() throws {
    #expect(try cut("").isEmpty)
    #expect(try cut("\n \n\t\r\n").isEmpty)
    #expect(try cut("\n" + event(1) + "\n").count == 1)
  }

  @Test("come as the batches file lists them, and what it leaves out is counted")
  func listed() throws {
    let list = try JSONDecoder().decode(
      BatchList.self,
      from: Data(
        #"""
        {"batches":[{"receive_ms":1,"window":"a","first_line":0,"lines":1},
        {"receive_ms":2,"window":"b","first_line":1,"lines":2},{"receive_ms":3,"window":"a","first_line":2,"lines":1}]}
        """#.utf8))
    var files = [RecordingFile("s.a.ndjson"), RecordingFile("s.b.ndjson.gz")]
    let places = try list.assign(files, "x")
    #expect(places == ["a": 0, "b": 1])
    files[0].window = "a"
    let texts = ["a0\na1\na2\na3\n\n", "b0\nb1\nb2"]
    let open = files.indices.map { index in
      ListedBatches.Open(
        lines: LineReader(Pieces(texts[index].utf8, of: 4), "x"), file: files[index], checksum: 7, copy: index)
    }
    var source = ListedBatches(list, places, open)
    var found: [String] = []
    while let batch = try source.next() {
      found.append("\(batch.window) \(batch.id) \(String(decoding: batch.bytes, as: UTF8.self))")
    }
    #expect(found == ["a import-00000007-0 a0\n", "b import-00000007.1-1 b1\nb2", "a import-00000007-2 a2\n"])
    #expect(source.linesLeftOut == 3)
  }

  @Test("files must be of a window, and windows must have a file")
  func assigning() throws {
    let list = try JSONDecoder().decode(BatchList.self, from: Data(Recording.batches.utf8))
    func assign(_ names: String...) throws -> [String: Int] { try list.assign(names.map { RecordingFile($0) }, "x") }
    #expect(try assign("f/hand-1.w2.ndjson.zst", "hand-1.w1.ndjson") == ["w1": 1, "w2": 0])
    #expect(try assign("other.w1.ndjson", "other.w2.json") == ["w1": 0, "w2": 1])
    #expect(try assign("all.ndjson") == ["w1": 0, "w2": 0])
    #expect(throws: Failure.self) { try assign("one.ndjson", "two.ndjson") }
    #expect(throws: Failure.self) { try assign("hand-1.w1.ndjson", "hand-1.w2.ndjson", "hand-1.w3.ndjson") }
  }

  @Test("files become sessions by their names")
  func plans() throws {
    func keys(_ files: String..., change: (inout ImportPlan.Request) -> Void = { _ in }) throws -> [String] {
      var request = ImportPlan.Request(files: files)
      change(&request)
      return try ImportPlan.plans(request).map { plan in
        "\(plan.key) \(plan.visitor ?? "-") \(plan.files.map(\.window).joined(separator: ","))"
      }
    }
    #expect(
      try keys("a/s.1.ndjson.gz", "b.json.zst", "c.gz", "d", ".ndjson")
        == ["default/s.1 - ", "default/b - ", "default/c - ", "default/d - ", "default/.ndjson - "])
    #expect(try keys("a.ndjson") { ($0.visitor, $0.window, $0.project) = ("v", "w", "p") } == ["p/a v w"])
    #expect(try keys("a.ndjson", "b.ndjson") { $0.visitorPerFile = true } == ["default/a a ", "default/b b "])
    #expect(try keys("s.w1.ndjson", "s.w2.ndjson") { $0.session = "s" } == ["default/s - w1,w2"])
    #expect(throws: Failure.self) { try keys("a.ndjson", "x/a.ndjson") }
    #expect(throws: Failure.self) { try keys("a.ndjson", "x/a.ndjson") { $0.session = "s" } }
  }

  @Test("are replayed at their pace, over clocks that jump")
  func pace() {
    var pace = Pace(rate: 2, longestStep: 10_000)
    let times: [Double?] = [1_000, 3_000, nil, 2_000, 4_000, 9_000_000, 9_001_000, 5, 1_000]
    #expect(times.map { pace.due($0) } == [0, 1_000, 1_000, 1_000, 2_000, 2_000, 2_500, 2_500, 2_997.5])
  }
}
