extension DocumentField {
  /// True or false.
  func boolean() throws(StoreError) -> Bool {
    guard case .boolean(let value) = value.content else { throw refusal(expected: "true or false") }
    return value
  }

  /// A finite number that is at least so large, and at most so large where that is bounded.
  func number(from low: Double, to high: Double = .infinity) throws(StoreError) -> Double {
    guard case .number(let number, _) = value.content, number.isFinite, number >= low, number <= high else {
      let low = DocumentText.number(low)
      throw refusal(
        expected: high.isFinite ? "a number from \(low) to \(DocumentText.number(high))" : "a number of at least \(low)"
      )
    }
    return number
  }

  /// A whole number in the range; nil for anything else. `3e1` is one, too.
  func wholeNumber(in range: ClosedRange<UInt64>) -> UInt64? {
    guard case .number(let number, let literal) = value.content else { return nil }
    // What is written counts: above 2^53 a Double is not what was meant.
    guard let whole = UInt64(literal) ?? UInt64(exactly: number), range.contains(whole) else { return nil }
    return whole
  }

  /// A name of so many bytes of UTF-8, without control characters.
  func name(_ what: String, _ length: ClosedRange<Int>) throws(StoreError) -> String {
    guard case .string(let text) = value.content, Self.isName(text, length) else {
      throw refusal(expected: Self.nameExpected(what, length))
    }
    return text
  }

  /// Checks the name of one of the fields, where such names are not the schema's.
  func checkName(
    _ name: String, of field: DocumentField, _ what: String, _ length: ClosedRange<Int>
  ) throws(StoreError) {
    guard Self.isName(name, length) else {
      throw StoreError(
        .invalidPolicy,
        "\(path): \(DocumentText.shown(name)) was given, \(Self.nameExpected(what, length)) is expected",
        location: .init(offset: UInt64(field.offset)))
    }
  }

  /// One name, or an array of names.
  func names(_ what: String, _ length: ClosedRange<Int>, atMost limit: Int = .max) throws(StoreError) -> [String] {
    guard case .array = value.content else { return [try name(what, length)] }
    let fields = try elements(atMost: limit, of: "names")
    guard !fields.isEmpty else { throw refusal("an empty array was given, \(what) at least is expected") }
    var names: [String] = []
    for field in fields { names.append(try field.name(what, length)) }
    return names
  }

  private static func isName(_ text: String, _ length: ClosedRange<Int>) -> Bool {
    length.contains(text.utf8.count) && !text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
  }

  private static func nameExpected(_ what: String, _ length: ClosedRange<Int>) -> String {
    "\(what) of \(length.lowerBound) to \(length.upperBound) bytes without control characters"
  }
}
