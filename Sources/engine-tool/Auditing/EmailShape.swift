/// What an e-mail address looks like, and what only looks like one.
enum EmailShape {
  /// Ends of file names that are no domains, or none that people have their mail under.
  private static let fileEndings: Set<String> = [
    "asp", "aspx", "avif", "bak", "bmp", "bundle", "cfg", "chunk", "cjs", "conf", "css", "csv", "dll", "eot",
    "exe", "gif", "git", "gltf", "gz", "htm", "html", "ico", "ini", "jpeg", "jpg", "js", "json", "jsp", "jsx",
    "less", "lock", "log", "map", "min", "mjs", "mov", "mp", "otf", "pbf", "pdf", "php", "png", "rar", "sass",
    "scss", "svg", "tar", "tgz", "tif", "tiff", "tmp", "toml", "ts", "tsx", "ttf", "txt", "vue", "wasm", "webm",
    "webp", "woff", "xhtml", "xml", "yaml", "yml", "zip",
  ]

  /// The address around the at sign at an index; nil where it is part of something else.
  static func range(around at: Int, in text: Span<UInt8>) -> Range<Int>? {
    guard let start = localStart(before: at, in: text), let end = domainEnd(after: at, in: text) else { return nil }
    return start..<end
  }

  /// Where the part before the at sign begins. At most 64 bytes.
  private static func localStart(before at: Int, in text: Span<UInt8>) -> Int? {
    var start = at
    while start > 0, at - start <= 64, isOfLocal(text[start - 1]) { start -= 1 }
    guard at - start <= 64 else { return nil }
    // `@user@host` is a handle, and behind a percent sign it is what decoding will show.
    if start > 0, text[start - 1] == UInt8(ascii: "@") || isEncoded(start, in: text) { return nil }
    if isUserOfAddress(start, in: text) { return nil }
    while start < at, !text[start].isAlphanumeric { start += 1 }
    guard start < at, text[at - 1] != UInt8(ascii: ".") else { return nil }
    // The user that repositories are fetched as.
    if at - start == 3, text[start] == 0x67, text[start + 1] == 0x69, text[start + 2] == 0x74 { return nil }
    return start
  }

  private static func isOfLocal(_ byte: UInt8) -> Bool {
    byte.isOfName || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "'")
  }

  private static func isEncoded(_ start: Int, in text: Span<UInt8>) -> Bool {
    text[start - 1] == UInt8(ascii: "%") && start + 1 < text.count && text[start].hexDigit != nil
      && text[start + 1].hexDigit != nil
  }

  /// True for `https://NAME@host` and `https://user:NAME@host`: the name is a key or a password there.
  private static func isUserOfAddress(_ start: Int, in text: Span<UInt8>) -> Bool {
    var index = start
    if index > 0, text[index - 1] == UInt8(ascii: ":") {
      index -= 1
      while index > 0, start - index < 64, isOfLocal(text[index - 1]) { index -= 1 }
    }
    return index > 1 && text[index - 1] == UInt8(ascii: "/") && text[index - 2] == UInt8(ascii: "/")
  }

  /// Where the domain ends: labels with dots between, the last of letters.
  private static func domainEnd(after at: Int, in text: Span<UInt8>) -> Int? {
    var index = at + 1
    var labels = 0
    while true {
      let label = self.label(from: index, in: text)
      guard !label.isEmpty else { return nil }
      let next = label.upperBound
      let hasMore =
        next + 1 < text.count && text[next] == UInt8(ascii: ".") && next - at < 253
        && (text[next + 1].isAlphanumeric || text[next + 1] >= 0x80)
      // In `a@b.com。` the last label has more in it than the domain.
      if labels > 0, let end = topEnd(label, isLast: !hasMore, in: text) {
        return isDomain(at + 1..<end, top: label.lowerBound..<end, in: text) ? end : nil
      }
      guard hasMore, !(labels == 0 && isVersionOrScale(label, in: text)) else { return nil }
      labels += 1
      index = next + 1
    }
  }

  private static func label(from start: Int, in text: Span<UInt8>) -> Range<Int> {
    var end = start
    while end < text.count, end - start < 64, text[end].isAlphanumeric || text[end] >= 0x80 || isInnerHyphen(end, text)
    {
      end += 1
    }
    return start..<end
  }

  private static func isInnerHyphen(_ index: Int, _ text: Span<UInt8>) -> Bool {
    text[index] == UInt8(ascii: "-") && index > 0 && text[index - 1] != UInt8(ascii: ".")
      && text[index - 1] != UInt8(ascii: "@") && index + 1 < text.count
      && (text[index + 1].isAlphanumeric || text[index + 1] == UInt8(ascii: "-") || text[index + 1] >= 0x80)
  }

  /// Where a label ends as a top-level domain: 2 to 24 letters, or `xn--...`.
  private static func topEnd(_ label: Range<Int>, isLast: Bool, in text: Span<UInt8>) -> Int? {
    var end = label.lowerBound
    while end < label.upperBound, text[end].isLetter { end += 1 }
    if label.count > 4, end == label.lowerBound + 2, text[end] == UInt8(ascii: "-"), text[end + 1] == UInt8(ascii: "-"),
      text[end - 2].lowercased == 0x78, text[end - 1].lowercased == 0x6E
    {
      end = label.upperBound
    } else if end - label.lowerBound > 24 {
      return nil
    }
    guard end - label.lowerBound >= 2 else { return nil }
    if end < label.upperBound { return text[end] >= 0x80 ? end : nil }
    guard isLast else { return nil }
    return end == text.count || !(text[end].isOfName || text[end] == UInt8(ascii: "@")) ? end : nil
  }

  private static func isDomain(_ domain: Range<Int>, top: Range<Int>, in text: Span<UInt8>) -> Bool {
    guard domain.count <= 253 else { return false }
    return !fileEndings.contains(String(decoding: top.map { text[$0].lowercased }, as: UTF8.self))
  }

  /// `2x` of `icon@2x.png`, `5`, `v5` and `16` of versions. Domains of nothing but digits have more of them.
  private static func isVersionOrScale(_ label: Range<Int>, in text: Span<UInt8>) -> Bool {
    var digits = label
    if digits.count > 1, text[digits.lowerBound].lowercased == 0x76 {
      digits = digits.lowerBound + 1..<digits.upperBound
    }
    if digits.count > 1, text[digits.upperBound - 1].lowercased == 0x78 {
      digits = digits.lowerBound..<digits.upperBound - 1
    }
    return digits.count <= 2 && digits.allSatisfy { text[$0].isDigit }
  }
}
