import SegmentEngine
import Testing

@Suite("Listing gives every session once, newest first")
struct ListingTests {
  private func name(_ index: Int) -> SessionKey { SessionKey(id: "s\(index)") }

  /// 250 sessions, two of each second, in an order of their own; half packed, some in both tiers.
  private func fill(_ store: ReplayStore) async throws {
    for step in 0..<250 {
      let index = step * 77 % 250
      try await store.add([Sample.click(Sample.base + Double(index / 2) * 1_000)], to: name(index))
      if step == 90 || step == 140 { try await store.flush() }
      if step % 10 == 9 { try await store.add([Sample.click(Sample.base + 500_000)], to: name(index)) }
    }
  }

  @Test("Pages of any size neither lose nor repeat one", arguments: [1, 7, 50, 100, 249, 250, 251, 10_000])
  func paging(_ limit: Int) async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await fill(store)
    for _ in 0..<2 {
      var query = SessionQuery(limit: limit)
      var found: [SessionSummary] = []
      var pages = 0
      repeat {
        let page = try await store.sessions(query)
        #expect(page.sessions.count <= limit)
        found += page.sessions
        pages += 1
        // As a server would hand it to a browser and get it back.
        query.after = page.next.flatMap { SessionPage.Position($0.description) }
        #expect((query.after == nil) == (page.next == nil))
      } while query.after != nil && pages < 300
      #expect(found.count == 250)
      #expect(Set(found.map(\.key)) == Set((0..<250).map(name)))
      #expect(pages == (250 + limit - 1) / limit)
      let starts = found.compactMap { $0.start?.millisecondsSince1970 }
      #expect(starts == starts.sorted(by: >))
      try await store.flush()
    }
    try await store.close()
  }

  @Test("Every condition holds for what is listed, and all that it holds for is listed")
  func filters() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    var expected: [SessionSummary] = []
    for index in 0..<60 {
      let key = SessionKey(project: index % 3 == 0 ? "shop" : "blog", id: "s\(index)")
      let time = Sample.base + Double(index) * 10_000
      var events = [Sample.meta(time, href: "https://x.example/p/\(index % 5)?a=b"), Sample.click(time + 4_000)]
      if index % 4 == 0 { events.append(Sample.error(time + 5_000)) }
      try await store.add(events, to: key)
      if index % 2 == 0 { try await store.setTags(["even": "yes", "n": "\(index % 10)"], on: key) }
      if index == 30 { try await store.flush() }
      expected.append(try #require(try await store.summary(of: key)))
    }
    func stamp(_ offset: Double) -> Timestamp { Timestamp(millisecondsSince1970: Sample.base + offset) }
    let queries: [(SessionQuery, (SessionSummary) -> Bool)] = [
      (SessionQuery(project: "shop"), { $0.key.project == "shop" }),
      (SessionQuery(project: "none"), { _ in false }),
      (SessionQuery(from: stamp(304_000)), { $0.end.map { $0 >= stamp(304_000) } ?? false }),
      (SessionQuery(to: stamp(300_000)), { $0.start.map { $0 < stamp(300_000) } ?? false }),
      (SessionQuery(to: stamp(300_001)), { $0.start.map { $0 < stamp(300_001) } ?? false }),
      (
        SessionQuery(from: stamp(100_000), to: stamp(200_000)),
        { $0.end.map { $0 >= stamp(100_000) } ?? false && $0.start.map { $0 < stamp(200_000) } ?? false }
      ),
      (SessionQuery(tags: ["even": nil]), { $0.tags["even"] != nil }),
      (SessionQuery(tags: ["even": "yes", "n": "4"]), { $0.tags["n"] == "4" }),
      (SessionQuery(tags: ["even": "no"]), { _ in false }),
      (SessionQuery(url: "*/p/3?a=*"), { $0.pages.contains { $0.contains("/p/3") } }),
      (SessionQuery(url: "https://x.example/p/?\u{3F}a=b"), { _ in true }),
      (SessionQuery(url: "/p/3"), { _ in false }),
      (SessionQuery(hasErrors: true), { $0.errors > 0 }),
      (
        SessionQuery(project: "blog", tags: ["even": nil], url: "*4*", hasErrors: true),
        {
          $0.key.project == "blog" && $0.tags["even"] != nil && $0.errors > 0 && $0.pages.contains { $0.contains("4") }
        }
      ),
    ]
    for round in 0..<2 {
      for (place, (query, holds)) in queries.enumerated() {
        for limit in [3, 100] {
          var query = query
          query.limit = limit
          var found: [SessionKey] = []
          repeat {
            let page = try await store.sessions(query)
            found += page.sessions.map(\.key)
            query.after = page.next
          } while query.after != nil
          let wanted = Array(expected.filter(holds).map(\.key).reversed())
          #expect(found == wanted, "query \(place), limit \(limit), round \(round)")
        }
      }
      try await store.flush()
    }
    try await store.close()
  }

  @Test("Sessions without a plausible time are listed by when they were received")
  func implausible() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: name(1))
    try await store.append(Sample.batch(Sample.click(Sample.base)), to: name(2))
    try await store.append(Sample.batch(Sample.click(5.7e12)), to: name(3))
    for _ in 0..<2 {
      let page = try await store.sessions()
      #expect(page.sessions.last?.key == name(1))
      #expect(Set(page.sessions.map(\.key)) == [name(1), name(2), name(3)])
      #expect(page.sessions.prefix(2).allSatisfy { $0.start == nil })
      try await store.flush()
    }
    try await store.close()
  }

  @Test("A listing has the summaries that are asked for one by one")
  func summaries() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await fill(store)
    for summary in try await store.sessions(SessionQuery(limit: 10_000)).sessions {
      #expect(try await store.summary(of: summary.key) == summary)
    }
    try await store.close()
  }

  @Test("Limits below 1 and above 10,000 are taken as these")
  func limits() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    for index in 0..<3 { try await store.add([Sample.click(Sample.base)], to: name(index)) }
    #expect(try await store.sessions(SessionQuery(limit: 0)).sessions.count == 1)
    #expect(try await store.sessions(SessionQuery(limit: -5)).sessions.count == 1)
    #expect(try await store.sessions(SessionQuery(limit: .max)).sessions.count == 3)
    #expect(
      SessionPage.Position("") == nil && SessionPage.Position("1-zz") == nil && SessionPage.Position("1-2-3") == nil)
    try await store.close()
  }
}
