/// `KEY=VALUE`, or `KEY` alone.
struct TagArgument: Equatable, Sendable {
  var key: String
  var value: String?

  /// Cuts at the first equals sign: keys hold none here, values may. Throws `Failure` where there is no key.
  init(parsing text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let key = parts.first, !key.isEmpty else { throw Failure(.usage, "\(text) is no tag: give KEY=VALUE") }
    self.key = String(key)
    value = parts.count == 2 ? String(parts[1]) : nil
  }
}
