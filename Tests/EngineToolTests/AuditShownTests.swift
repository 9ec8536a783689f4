import SegmentEngine
import Testing

@testable import engine_tool

@Suite("What the audit shows of pages and names")
struct AuditShownTests {
  @Test(
    "Pages lose their query, fragment and user, and what could be a visitor's",
    arguments: [
      ("https://shop.test/cart?email=jane@example.com#x", "https://shop.test/cart"),
      ("https://shop.test", "https://shop.test"),
      ("https://shop.test/", "https://shop.test/"), ("http://u:p@shop.test:8080/a/b", "http://shop.test:8080/a/b"),
      ("https://shop.test/orders/12345/items", "https://shop.test/orders/*/items"),
      ("https://shop.test/u/jane@example.com/x", "https://shop.test/u/*/x"),
      ("https://shop.test/u/jane%40example.com/x", "https://shop.test/u/*/x"),
      ("https://shop.test/u/\(String(repeating: "a", count: 33))", "https://shop.test/u/*"),
      ("https://shop.test/u/o-48213377", "https://shop.test/u/*"),
      ("https://shop.test/v2/page-10", "https://shop.test/v2/page-10"),
      ("https://shop.test/Bearer%20abcdef/ghij0123456789", "https://shop.test/*"), ("about:blank", "about:blank"),
      ("data:text/html,jane@example.com", "*"), ("", "*"), ("file:///a/b", "file:///a/b"),
      ("https://s.test/1/2/3/4/5/6/7/8/9/a/b/c/d/e", "https://s.test/*/*/*/*/*/*/*/*/*/a/b/c/*"),
    ])
  func pages(_ address: String, _ text: String) { #expect(ShownPage.text(of: Array(address.utf8)) == text) }

  @Test("Names that are numbers, hashes or secrets are not shown")
  func names() {
    for name in ["login", "user[email]", "md:flex", "a", "css-1x2y3", "billingAddress.line-2"] {
      #expect(ShownName.isElementName(Array(name.utf8)), "\(name)")
    }
    for name in [
      "", "order-48213", "jane@example.com", "0f3a9c1d", "a b", "é", "x/y", String(repeating: "ab-", count: 11),
      String(repeating: "a", count: 25), "a\u{1}",
    ] {
      #expect(!ShownName.isElementName(Array(name.utf8)), "\(name)")
    }
    #expect(ShownName.key(Array("rrweb/network@1".utf8)) == "rrweb/network@1")
    #expect(ShownName.key(Array("$pageview".utf8)) == "$pageview")
    #expect(ShownName.key(Array("jane@example.com".utf8)) == "*")
    #expect(ShownName.key(Array("4111".utf8)) == "*")
  }

  @Test("A glob stands for the whole path")
  func globs() {
    for (pattern, text, isMatch) in [
      ("", "", true), ("", "a", false), ("*", "", true), ("*", "a > b", true), ("footer*", "footer > a", true),
      ("*footer", "footer > a", false), ("*#id > ?", "div#id > a", true), ("a*b*c", "a1b2b3c", true),
      ("a*b*c", "a1c2b", false),
      ("?", "", false), ("é?", "éa", true), ("**a**", "bab", true),
    ] {
      #expect(Glob(pattern).matches(text) == isMatch, "\(pattern) \(text)")
    }
    #expect(!Glob(String(repeating: "*a", count: 50) + "b").matches(String(repeating: "a", count: 5_000)))
  }

  @Test("A sample is spread evenly and always the same", arguments: [1, 2, 3, 7, 10, 100])
  func samples(_ count: Int) {
    for total in [0, 1, 5, 10, 99, 1_000] {
      var sample = EvenSample<Int>(count)
      for number in 0..<total { sample.add(number) }
      let chosen = sample.chosen
      #expect(chosen.count == min(count, total))
      #expect(chosen == chosen.sorted() && Set(chosen).count == chosen.count)
      if total > count, count > 1 {
        let gaps = zip(chosen, chosen.dropFirst()).map { $1 - $0 }
        #expect((gaps.max() ?? 0) <= 4 * total / count && (gaps.min() ?? 0) * 4 * count >= total)
        #expect((chosen.last ?? 0) >= total - 4 * total / count - 1)
      }
    }
  }

  @Test("A report has no more rows than it may, and counts the rest")
  func bounded() {
    var report = AuditReport(ignoring: [Glob("skip*")], mostRows: 3)
    for session in 0..<2 {
      report.beginSession()
      for path in ["a", "b", "b", "c", "d", "e", "skip me"] {
        let secret = Secret(kind: .email, value: Array("\(session)@b.co".utf8))
        report.add(EventAudit.Found(page: "p", path: path, place: .text, secret: secret))
      }
    }
    #expect(report.findings == 12 && report.otherFindings == 4)
    #expect(report.rows.map(\.key.path) == ["b", "a", "c"])
    #expect(report.rows.map(\.occurrences) == [4, 2, 2])
    #expect(report.rows.allSatisfy { $0.sessions == 2 && $0.example == "0***@b***.co" })
    #expect(report.text.contains("\n12 findings at 3 places: looked at 2 sessions"))
    #expect(report.text.contains("\n4 findings at further places, not listed\n"))
  }
}
