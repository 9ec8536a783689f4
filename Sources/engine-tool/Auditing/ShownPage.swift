/// A page's address as it may be shown: which page it is, and nothing of who looked at it.
enum ShownPage {
  private static let longestSegment = 32
  private static let mostSegments = 12

  /// What stands for what is not shown.
  static let hidden = "*"
  /// What stands for events before the first Meta event.
  static let unknown = "-"

  /// The address without user, query and fragment; segments of its path that are numbers, long, or hold a secret are `*`.
  static func text(of address: [UInt8]) -> String {
    let end = address.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? address.count
    let whole = address[..<end]
    guard let (scheme, rest) = parts(whole) else {
      // `about:blank`, and what has its content in its address.
      let name = String(decoding: whole.prefix(longestSegment), as: UTF8.self)
      return name == "about:blank" || name == "about:srcdoc" ? name : hidden
    }
    let segments = rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    var page = scheme + "://" + host(segments.first ?? [])
    // The only secret that may have a slash in it.
    if !SecretSearch([.bearer]).secrets(in: Array(rest).span).isEmpty { return page + "/" + hidden }
    for segment in segments.dropFirst().prefix(mostSegments) { page += "/" + shown(segment) }
    if segments.count > mostSegments + 1 { page += "/" + hidden }
    return SecretSearch.everything.isClean(page) ? page : scheme + "://" + hidden
  }

  private static func parts(_ address: ArraySlice<UInt8>) -> (scheme: String, rest: ArraySlice<UInt8>)? {
    guard let colon = address.firstIndex(of: UInt8(ascii: ":")), colon - address.startIndex <= 20,
      address[..<colon].allSatisfy({ $0.isAlphanumeric || $0 == UInt8(ascii: "-") }),
      address[colon...].starts(with: Array("://".utf8))
    else { return nil }
    return (String(decoding: address[..<colon], as: UTF8.self), address[(colon + 3)...])
  }

  private static func host(_ authority: ArraySlice<UInt8>) -> String {
    let host = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[($0 + 1)...] } ?? authority
    return host.count <= 80 && isHarmless(host) ? String(decoding: host, as: UTF8.self) : hidden
  }

  private static func shown(_ segment: ArraySlice<UInt8>) -> String {
    if segment.isEmpty { return "" }
    let digits = segment.count(where: \.isDigit)
    guard segment.count <= longestSegment, digits < segment.count, digits < 6, isHarmless(segment) else {
      return hidden
    }
    return String(decoding: segment, as: UTF8.self)
  }

  private static func isHarmless(_ part: ArraySlice<UInt8>) -> Bool {
    SecretSearch.everything.secrets(in: Array(part).span).isEmpty
  }
}
