import SegmentEngine
import Testing

/// Locks belong to open files, not to processes: a second handle in this process is to the first what another process is.
@Suite("A reader beside a writer sees what was acknowledged, and nothing twice")
struct ReaderTests {
  private let key = SessionKey(id: "s")

  private func line(_ index: Int) -> String { Sample.mutation(Sample.base + Double(index), text: "\(index)") }

  @Test(
    "Each batch as soon as its append returned, before and after flushes", arguments: [Mode.readOnly, .maintenance])
  func acknowledged(_ mode: Mode) async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open()
    let reader = try await folder.open(mode)
    #expect(try await reader.summary(of: key) == nil)
    var expected: [String] = []
    for index in 0..<40 {
      try await writer.add([line(index)], to: key, window: index % 2 == 0 ? "a" : "b")
      expected.append(line(index))
      if index % 8 == 7 { try await writer.flush() }
      let read = try await reader.events(in: key).all()
      #expect(read.lines == expected && read.gaps.isEmpty)
      #expect(read.sequences == expected.indices.map(UInt64.init))
      let summary = try #require(try await reader.summary(of: key))
      #expect(try await writer.summary(of: key) == summary)
      #expect(try await reader.byteRanges(in: key) == writer.byteRanges(in: key))
      #expect(try await reader.sessions().sessions.map(\.key) == [key])
    }
    #expect(try await reader.verify(deep: true).isClean)
    try await reader.close()
    try await writer.close()
  }

  @Test("No gap is seen while journals are flushed between two looks", arguments: 0..<2)
  func flushedBetween(_ round: Int) async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open()
    let reader = try await folder.open(.readOnly)
    let key = key
    try await writer.add([line(0)], to: key)
    let writing = Task {
      for index in 1..<150 {
        try await writer.add([Sample.mutation(Sample.base + Double(index), text: "\(index)")], to: key)
        if index % 2 == round { try await writer.flush() }
      }
    }
    var seen = 0
    while seen < 150 {
      let read = try await reader.events(in: key).all()
      #expect(read.gaps.isEmpty && read.sequences == read.lines.indices.map(UInt64.init))
      #expect(read.lines.count >= seen)
      seen = read.lines.count
      if !read.gaps.isEmpty { break }
    }
    try await writing.value
    try await reader.close()
    try await writer.close()
  }

  @Test("A reader that opens late sees the same as one that was there from the start")
  func lateReader() async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open()
    let early = try await folder.open(.readOnly)
    for index in 0..<12 {
      try await writer.add([line(index)], to: key)
      if index == 5 { try await writer.flush() }
      let late = try await folder.open(.readOnly)
      #expect(try await late.events(in: key).all() == early.events(in: key).all())
      try await late.close()
    }
    try await writer.close()
    #expect(try await early.events(in: key).all().lines == (0..<12).map(line))
    try await early.close()
  }

  @Test(
    "A stream that is half read goes on across flushes", arguments: [Mode.readWrite, .readOnly],
    [EventOrder.arrival, .time])
  func midStream(_ mode: Mode, _ order: EventOrder) async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open()
    var generator = SeededGenerator(seed: 5)
    var expected: [String] = []
    for index in 0..<60 {
      let event = Sample.mutation(Sample.base + Double(index), text: generator.letters(900))
      try await writer.add([event], to: key)
      expected.append(event)
      if index == 29 { try await writer.flush() }
    }
    let reader = mode == .readWrite ? writer : try await folder.open(mode)
    var iterator = reader.events(in: key, order: order).makeAsyncIterator()
    var lines: [String] = []
    var chunks = 0
    while let chunk = try await iterator.next() {
      #expect(chunk.gapBefore == nil)
      lines += chunk.events.map { String(decoding: chunk.ndjson[$0.bytes], as: UTF8.self) }
      chunks += 1
      if chunks == 3 || chunks == 12 {
        try await writer.add([line(chunks)], to: key)
        try await writer.flush()
      }
    }
    #expect(chunks > 12)
    // What came after the stream was opened may be in it or not.
    #expect(Array(lines.prefix(60)) == expected)
    if mode != .readWrite { try await reader.close() }
    try await writer.close()
  }

  /// While one task writes and flushes, others read by all handles: what each finds must begin as the session does, hold
  /// no event twice, and at least what was acknowledged before it looked.
  @Test("Nothing is read twice or missed while a flush moves it", arguments: [Mode.readWrite, .readOnly])
  func concurrentFlush(_ mode: Mode) async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open()
    var configuration = Configuration.small()
    configuration.readerThreads = 4
    let reader = mode == .readWrite ? writer : try await folder.open(mode, configuration)
    let key = key
    let line = line
    try await writer.add([line(0)], to: key)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for index in 1..<150 {
          try await writer.add([line(index)], to: key)
          if index % 3 == 0 { try await writer.flush() }
        }
      }
      for _ in 0..<3 {
        group.addTask {
          var count = 0
          while count < 150 {
            let read = try await reader.events(in: key).all()
            #expect(read.sequences == read.sequences.indices.map(UInt64.init))
            #expect(read.lines == read.lines.indices.map(line))
            #expect(read.lines.count >= count, "it went back")
            count = max(read.lines.count, count)
            let summary = try #require(try await reader.summary(of: key))
            // Sequences are given out before the batch is durable.
            #expect(summary.events <= summary.nextSequence && summary.events >= UInt64(count))
            if read.lines.isEmpty || !read.gaps.isEmpty { break }
          }
        }
      }
      try await group.waitForAll()
    }
    if mode != .readWrite { try await reader.close() }
    try await writer.close()
  }

  @Test("Readers see what a writer that is gone left behind")
  func afterTheWriter() async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open()
    let reader = try await folder.open(.readOnly)
    try await writer.add([line(0)], to: key)
    try await writer.close()
    #expect(try await reader.events(in: key).all().lines == [line(0)])
    let next = try await folder.open()
    try await next.add([line(1)], to: key)
    #expect(try await reader.events(in: key).all().lines == [line(0), line(1)])
    try await next.flush()
    #expect(try await reader.events(in: key).all().lines == [line(0), line(1)])
    try await next.close()
    try await reader.close()
  }

  @Test("The catalog grows and is written anew under a reader's eyes")
  func generations() async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open()
    let reader = try await folder.open(.readOnly)
    let first = try await writer.info().generation
    for index in 0..<25 {
      try await writer.add([line(index)], to: key)
      try await writer.flush()
      #expect(try await reader.summary(of: key)?.events == UInt64(index + 1))
    }
    #expect(try await reader.info().generation > first)
    #expect(try await reader.events(in: key).all().lines == (0..<25).map(line))
    try await reader.close()
    try await writer.close()
  }
}
