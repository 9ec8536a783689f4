internal import SegmentEngine

/// Text that C callers pass: UTF-8 that ends with a NUL. No more than the limit and one byte is looked at.
enum CallerText {
  /// The text. Throws `.invalidArgument` where there is none, it is longer than `limit` bytes, or not UTF-8.
  static func required(_ text: UnsafePointer<CChar>?, _ what: String, limit: Int) throws(StoreError) -> String {
    guard let read = unsafe try optional(text, what, limit: limit) else { throw .isNull("the \(what)") }
    return read
  }

  /// The text, or nil for NULL.
  static func optional(_ text: UnsafePointer<CChar>?, _ what: String, limit: Int) throws(StoreError) -> String? {
    guard let text = unsafe text else { return nil }
    var count = 0
    while unsafe text[count] != 0 {
      count += 1
      if count > limit {
        throw StoreError(.invalidArgument, "the \(what) has more than \(limit) bytes, which is the limit")
      }
    }
    let bytes = unsafe UnsafeRawBufferPointer(start: text, count: count)
    guard let read = unsafe String(validating: bytes, as: UTF8.self) else {
      throw StoreError(.invalidArgument, "the \(what) is not UTF-8; text must be")
    }
    return read
  }

  /// A session's name.
  static func session(
    _ project: UnsafePointer<CChar>?, _ session: UnsafePointer<CChar>?
  ) throws(StoreError) -> SessionKey {
    SessionKey(
      project: unsafe try required(project, "project", limit: FormatLimits.project),
      id: unsafe try required(session, "session ID", limit: FormatLimits.session))
  }
}
