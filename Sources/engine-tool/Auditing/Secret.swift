/// Something that was found, with its value: it must not get any further than this folder's code.
struct Secret: Hashable {
  var kind: SecretKind
  /// UTF-8, as it stood in the text.
  var value: [UInt8]

  /// What may be shown: enough to recognise the value by who knows it, and no more.
  var masked: String {
    switch kind {
    case .email: Self.maskedEmail(value)
    // Neither the issuer nor the length: four digits are what receipts show.
    case .card: "**** **** **** " + Self.text(value.filter(\.isDigit).suffix(4))
    case .bearer: "Bearer " + Self.start(value, 2) + "***"
    case .jwt: Self.start(value, 2) + "***"
    }
  }

  /// The domain of an e-mail address, in lower case.
  var domain: String? {
    guard kind == .email, let at = value.lastIndex(of: UInt8(ascii: "@")) else { return nil }
    return Self.text(value[(at + 1)...].map(\.lowercased))
  }

  /// `j***@e***.com`.
  private static func maskedEmail(_ value: [UInt8]) -> String {
    let at = value.lastIndex(of: UInt8(ascii: "@")) ?? value.count
    let domain = value[at...].dropFirst()
    let top = domain.lastIndex(of: UInt8(ascii: ".")).map { domain[$0...] } ?? []
    return start(value, 1) + "***@" + start(domain, 1) + "***" + text(top)
  }

  private static func start(_ bytes: some Collection<UInt8>, _ count: Int) -> String {
    String(String(decoding: bytes, as: UTF8.self).prefix(count))
  }

  private static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
