/// Looks for secrets in text: one pass over its bytes, and no step back that is longer than an address.
struct SecretSearch {
  private let hasEmail: Bool
  private let hasCard: Bool
  private let hasBearer: Bool
  private let hasWebToken: Bool
  private let ignoredDomains: Set<String>

  /// How often an address inside an address inside ... is decoded.
  private static let mostDecoding = 3

  /// Looks for all that there is: for what must not be shown.
  static let everything = SecretSearch(SecretKinds.all.set)

  /// E-mail addresses of ignored domains, and of those below them, are left out.
  init(_ kinds: Set<SecretKind>, ignoring domains: some Sequence<String> = []) {
    hasEmail = kinds.contains(.email)
    hasCard = kinds.contains(.card)
    hasBearer = kinds.contains(.bearer)
    hasWebToken = kinds.contains(.jwt)
    ignoredDomains = Set(domains.map { $0.lowercased() })
  }

  /// The secrets of a text, each as often as it is there, and those that show once it is percent-decoded.
  func secrets(in text: Span<UInt8>, takesBareCards: Bool = true) -> [Secret] {
    var found: [Secret] = []
    guard scan(text, takesBareCards, &found), var decoded = PercentEncoding.decode(text) else { return found }
    for _ in 0..<Self.mostDecoding {
      var more: [Secret] = []
      let hasPercent = scan(decoded.span, takesBareCards, &more)
      let known = Set(found)
      found += more.filter { !known.contains($0) }
      guard hasPercent, let next = PercentEncoding.decode(decoded.span) else { break }
      decoded = next
    }
    return found
  }

  /// True where a text holds none.
  func isClean(_ text: String) -> Bool { secrets(in: Array(text.utf8).span).isEmpty }

  /// Appends what it finds. Returns true where there is a percent sign.
  private func scan(_ text: Span<UInt8>, _ takesBareCards: Bool, _ found: inout [Secret]) -> Bool {
    var hasPercent = false
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte.isDigit {
        index = cards(at: index, in: text, takesBareCards, &found)
        continue
      }
      switch byte {
      case UInt8(ascii: "@"): email(at: index, in: text, &found)
      case UInt8(ascii: "%"): hasPercent = true
      case UInt8(ascii: "b"), UInt8(ascii: "B"):
        if hasBearer, let token = TokenShape.bearer(at: index, in: text) {
          append(.bearer, token, of: text, &found)
          index = token.upperBound
          continue
        }
      case UInt8(ascii: "e"):
        if hasWebToken, let token = TokenShape.webToken(at: index, in: text) {
          append(.jwt, token, of: text, &found)
          index = token.upperBound
          continue
        }
      default: break
      }
      index += 1
    }
    return hasPercent
  }

  /// Returns where the run of digits ends.
  private func cards(
    at start: Int, in text: Span<UInt8>, _ takesBareCards: Bool, _ found: inout [Secret]
  ) -> Int {
    guard hasCard else {
      var end = start + 1
      while end < text.count, text[end].isDigit { end += 1 }
      return end
    }
    return CardShape.look(at: start, in: text, takesBare: takesBareCards) { append(.card, $0, of: text, &found) }
  }

  private func email(at index: Int, in text: Span<UInt8>, _ found: inout [Secret]) {
    guard hasEmail, let range = EmailShape.range(around: index, in: text) else { return }
    let secret = Secret(kind: .email, value: range.map { text[$0] })
    if !ignoredDomains.isEmpty, let domain = secret.domain, isIgnored(domain) { return }
    found.append(secret)
  }

  private func isIgnored(_ domain: String) -> Bool {
    var rest = domain[...]
    while true {
      if ignoredDomains.contains(String(rest)) { return true }
      guard let dot = rest.firstIndex(of: ".") else { return false }
      rest = rest[rest.index(after: dot)...]
    }
  }

  private func append(_ kind: SecretKind, _ range: Range<Int>, of text: Span<UInt8>, _ found: inout [Secret]) {
    found.append(Secret(kind: kind, value: range.map { text[$0] }))
  }
}
