import Testing

@testable import engine_tool

@Suite("What the audit takes for a secret")
struct AuditShapeTests {
  private func kinds(_ text: String, takesBareCards: Bool = true) -> [SecretKind] {
    SecretSearch.everything.secrets(in: Array(text.utf8).span, takesBareCards: takesBareCards).map(\.kind)
  }

  private func values(_ text: String) -> [String] {
    SecretSearch.everything.secrets(in: Array(text.utf8).span).map { String(decoding: $0.value, as: UTF8.self) }
  }

  @Test(
    "E-mail addresses are found, whatever stands around them",
    arguments: [
      ("jane.doe@example.com", "jane.doe@example.com"), ("Write to j@x.co.", "j@x.co"),
      ("mailto:jane+tag@mail.example.co.uk?subject=x", "jane+tag@mail.example.co.uk"),
      ("<jane_doe-1@ex-ample.org>", "jane_doe-1@ex-ample.org"), ("(JANE@EXAMPLE.COM)", "JANE@EXAMPLE.COM"),
      ("https://shop.test/u/jane@example.com/orders", "jane@example.com"), ("邮箱jane@163.com。", "jane@163.com"),
      ("?email=jane%40example.com&x=1", "jane@example.com"),
      ("next=%2Fa%3Fm%3Djane%2540example.com", "jane@example.com"),
      ("%20jane@example.com%20", "jane@example.com"), ("jürgen@müller.de", "rgen@müller.de"),
      ("jane@xn--mller-kva.xn--p1ai", "jane@xn--mller-kva.xn--p1ai"), ("a@b.museum,", "a@b.museum"),
      ("100% jane@example.com", "jane@example.com"), ("...jane@example.com-", "jane@example.com"),
      ("o'neil@example.ie", "o'neil@example.ie"),
    ])
  func emails(_ text: String, _ value: String) { #expect(values(text) == [value]) }

  @Test(
    "What only has an at sign is no e-mail address",
    arguments: [
      "", "@", "a@", "@b.com", "a@b", "a@b.c", "a@.com", "a@b..com", "a.@b.com", "icon@2x.png", "icon@1.5x.webp",
      "icon@2x.example.com", "/static/logo@dark.svg", "vendors@main.chunk.js", "@scope/x@1.2.3", "lodash@4.17.21",
      "https://cdn.test/npm/vue@3.2.1/dist/vue.global.js", "x@v2.rc", "x@1.0.0-beta.next", "/node_modules/a@5.tgz",
      "@media (min-width: 1px)", "a{}@font-face{}", "@user@social.example.com", "git@github.com:a/b.git",
      "https://key123@o1.ingest.example.io/4", "postgres://user:pass@db.example.com/x", "me@host_name.com",
      "jane@example.com_", "jane@example.com1", "jane at example.com", "a@b.com@c", "https://maps.test/@52.5,13.4,15z",
      "-@b.com", "x@-b.com",
    ])
  func notEmails(_ text: String) { #expect(kinds(text) == []) }

  @Test(
    "Card numbers of known issuers are found, with and without separators",
    arguments: [
      "4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "4111\u{A0}1111\u{A0}1111\u{A0}1111",
      "card=4111+1111+1111+1111", "card%3D4111%201111%201111%201111", "4222222222222", "5555555555554444",
      "2223003122003222", "378282246310005", "3782 822463 10005", "6011111111111117", "30569309025904",
      "3056 930902 5904", "3530111333300000", "6200000000000005", "6759649826438453", "Card: 4242424242424242.",
      "(4242 4242 4242 4242)", "4242 4242 4242 4242 12/27 123", "Visa 4 4242 4242 4242 4242", "\"4242424242424242\"",
      "value:4242424242424242", "4000000000000000006",
    ])
  func cards(_ text: String) { #expect(kinds(text) == [.card]) }

  @Test(
    "Other long numbers are no cards",
    arguments: [
      "4111111111111112", "4111 1111 1111 1112", "411111111111", "41111111111111111111", "4444444444444444",
      "0000000000000000", "9999999999999995", "1795000000000", "1795000000000000", "id4111111111111111",
      "4111111111111111x", "4111111111111111_", "0.4111111111111111", "4111111111111111.5", "#4111111111111111",
      "order-4111111111111111", "4111111111111111-a", "/items/4111111111111111", "?id=4111111111111111",
      "orderId: 4111111111111111", "\"trace_id\":\"4111111111111111\"", "+4222222222222", "4006381000093",
      "DE89 4242 4242 4242 4242 00", "4242 4242-4242 4242", "42 42 42 42 42 42 42 42", "1000 4242 4242 4242 4242",
      "4242 4242 4242 4242 2030", "4242  4242  4242  4242", "4242.4242.4242.4242", "4242424242424242@x",
    ])
  func notCards(_ text: String) { #expect(kinds(text) == []) }

  @Test("Where ids are expected only grouped numbers are cards")
  func bareCards() {
    #expect(kinds("4111111111111111", takesBareCards: false) == [])
    #expect(kinds("4111 1111 1111 1111", takesBareCards: false) == [.card])
  }

  @Test("One random number of sixteen digits in forty has the shape of a card, and no more")
  func rareCards() {
    var state: UInt64 = 11
    var found = 0
    for _ in 0..<20_000 {
      var digits = ""
      for _ in 0..<16 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        digits += String((state >> 33) % 10)
      }
      found += kinds(digits).count
      #expect(kinds("/a/\(digits)?id=\(digits)&x-\(digits)") == [])
    }
    #expect(found > 300 && found < 700)
  }

  private static let webToken =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"

  @Test("Tokens are found, and a web token behind Bearer is one finding")
  func tokens() {
    let token = "abcdef0123456789"
    #expect(values("Bearer \(token)") == [token])
    #expect(values("authorization: bearer   \(token).") == [token])
    #expect(values("Authorization=Bearer+\(token)") == [token])
    #expect(values("a%20Bearer%20\(token)") == [token])
    #expect(values("Bearer abcdefghijklmnop") == ["abcdefghijklmnop"])
    #expect(kinds("Bearer \(Self.webToken)") == [.bearer])
    #expect(kinds("?t=\(Self.webToken)&u=1") == [.jwt])
    #expect(values("\"\(Self.webToken)\"") == [Self.webToken])
    // {"alg":"none"}
    #expect(kinds("eyJhbGciOiJub25lIn0.e30.x") == [.jwt])
    // { "alg": "HS256" }
    #expect(kinds("eyAiYWxnIjogIkhTMjU2IiB9.e30.x") == [.jwt])
  }

  @Test(
    "Words, placeholders and other base64 are no tokens",
    arguments: [
      "Bearer", "Bearer ", "Bearer abc", "bearer authentication", "Bearer authentication-scheme/draft",
      "Bearer xxxxxxxxxxxxxxxxxxxx",
      "bearers 0123456789abcdefgh", "overbearer 0123456789abcdefgh", "Bearer: 0123456789abcdef",
      "Bearer ****************",
      "Bearer YOUR_ACCESS_TOKEN_HERE", "eyJhbGciOiJub25lIn0.e30", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJub25lIn0",
      "eyJ0eXAiOiJKV1QifQ.e30.x", "eyxx.eyxx.eyxx", "ey.ey.ey", "xeyJhbGciOiJub25lIn0.e30.x", "W10.e30.x",
    ])
  func notTokens(_ text: String) { #expect(kinds(text) == []) }

  @Test("Every secret of a text is found, each once")
  func several() {
    let text = "a@b.co, c@d.org; 4111111111111111 5555 5555 5555 4444; bearer 0123456789abcdef"
    #expect(kinds(text).sorted { $0.rawValue < $1.rawValue } == [.bearer, .card, .card, .email, .email])
    #expect(kinds("4111 1111 1111 1111 5555 5555 5555 4444 123").count == 2)
    #expect(kinds("2010 4111 1111 1111 1111 5555 5555 5555 4444").count == 0)
    #expect(kinds("m=a%40b.co&n=a@b.co").count == 1)
    #expect(kinds("a@b.co " + "c%40d.org").count == 2)
  }

  @Test("Only the kinds asked for, and no e-mail addresses of ignored domains")
  func chosen() {
    let text = Array("a@b.co c@d.b.co e@ab.co f@B.CO 4111111111111111".utf8)
    let search = SecretSearch([.email], ignoring: ["B.co"])
    #expect(search.secrets(in: text.span).map { String(decoding: $0.value, as: UTF8.self) } == ["e@ab.co"])
    let token = Array("Bearer \(Self.webToken)".utf8)
    #expect(SecretSearch([.jwt]).secrets(in: token.span).map(\.kind) == [.jwt])
    #expect(SecretSearch([.card]).secrets(in: token.span).isEmpty)
  }

  @Test(
    "Shown masked",
    arguments: [
      (SecretKind.email, "jane.doe@mail.example.com", "j***@m***.com"), (.email, "a@b.co", "a***@b***.co"),
      (.email, "r@müller.de", "r***@m***.de"), (.card, "4111 1111 1111 1234", "**** **** **** 1234"),
      (.card, "378282246310005", "**** **** **** 0005"), (.bearer, "abcdef0123456789", "Bearer ab***"),
      (.jwt, "eyJh.eyJz.sig", "ey***"),
    ])
  func masked(_ kind: SecretKind, _ value: String, _ text: String) {
    #expect(Secret(kind: kind, value: Array(value.utf8)).masked == text)
  }

  @Test("Time is linear in the text, whatever it is made of")
  func linear() {
    let parts = [
      "@a.", "a@a", "4 ", "4-", "1234 ", "ey.", "eyA", "bearer ", "Bearer a", "%25", "a.", "%40", "4111111111111111 ",
    ]
    let clock = ContinuousClock()
    for part in parts {
      let text = Array(String(repeating: part, count: 400_000 / part.utf8.count).utf8)
      let time = clock.measure { _ = SecretSearch.everything.secrets(in: text.span) }
      // A few milliseconds optimised; what is not linear takes minutes.
      #expect(time < .seconds(20), "\(part)")
    }
  }
}
