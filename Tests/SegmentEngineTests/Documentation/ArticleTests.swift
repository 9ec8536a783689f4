import Testing

@Suite("The code of the articles is code that runs")
struct ArticleTests {
  /// Each article, with the tests of this folder that hold its code.
  static let tests = [
    "GettingStarted": "GettingStartedTests", "KeepingAndLettingGo": "KeepingAndLettingGoTests",
    "DurabilityAndErrors": "ErrorHandlingTests", "LiveSessions": "LiveSessionsTests",
  ]

  @Test("Each block of an article is a marked region of its tests, in order", arguments: tests.sorted(by: <))
  func same(_ article: String, _ test: String) throws {
    let blocks = try ArticleCode.blocks(ofArticle: article)
    let regions = try ArticleCode.regions(ofTest: test)
    #expect(!blocks.isEmpty)
    #expect(blocks.count == regions.count, "\(article).md and \(test).swift")
    for (block, region) in zip(blocks, regions) { #expect(block == region, "\(article).md and \(test).swift") }
  }

  @Test("No other article has code")
  func others() throws {
    let articles = try ArticleCode.articles()
    #expect(Set(articles).isSuperset(of: Self.tests.keys))
    for article in articles where Self.tests[article] == nil {
      #expect(try ArticleCode.blocks(ofArticle: article).isEmpty, "\(article).md")
    }
  }
}
