/// A value of a document together with the way to it, and what may be asked of it. Each question throws `.invalidPolicy`
/// where the answer is not what is expected; the message says what was given, and what is expected, where.
struct DocumentField: Sendable {
  let value: DocumentValue
  let path: DocumentPath
  /// Where it begins, bytes: the name of a field of an object, else the value.
  let offset: Int

  /// The root of a document.
  init(_ root: DocumentValue) { self.init(root, path: DocumentPath(), offset: root.offset) }

  init(_ value: DocumentValue, path: DocumentPath, offset: Int) {
    self.value = value
    self.path = path
    self.offset = offset
  }

  /// What was given is not what is expected here.
  func refusal(expected: String) -> StoreError { refusal("\(value.shown) was given, \(expected) is expected") }

  /// Something else is wrong here.
  func refusal(_ what: String) -> StoreError {
    StoreError(.invalidPolicy, "\(path): \(what)", location: .init(offset: UInt64(offset)))
  }

  /// A field that must be given is not.
  func missing(_ name: String, expected: String) -> StoreError {
    StoreError(
      .invalidPolicy, "\(path.field(name)): it is missing, \(expected) is expected",
      location: .init(offset: UInt64(offset)))
  }

  /// Passes the fields of an object in their order, whatever their names, each name once. Names that Unicode holds to be
  /// equivalent are one, since no dictionary can hold both.
  func eachMember(
    _ body: (_ name: String, _ field: DocumentField) throws(StoreError) -> Void
  ) throws(StoreError) {
    guard case .object(let members) = value.content else { throw refusal(expected: "an object") }
    var seen: Set<String> = []
    for member in members {
      let field = DocumentField(member.value, path: path.field(member.name), offset: member.offset)
      guard seen.insert(member.name).inserted else { throw field.refusal("it is given twice, once is expected") }
      try body(member.name, field)
    }
  }

  /// Passes the fields of an object in their order; all must be among the known ones.
  func eachField<Name: RawRepresentable<String> & CaseIterable>(
    _ names: Name.Type, _ body: (_ name: Name, _ field: DocumentField) throws(StoreError) -> Void
  ) throws(StoreError) {
    try eachMember { text, field throws(StoreError) in
      guard let name = Name(rawValue: text) else {
        let hint = NearName.hint(for: text, among: Name.allCases.map(\.rawValue))
        throw field.refusal("this field is unknown; \(hint)")
      }
      try body(name, field)
    }
  }

  /// The elements of an array.
  func elements(atMost limit: Int = .max, of what: String) throws(StoreError) -> [DocumentField] {
    guard case .array(let elements) = value.content else { throw refusal(expected: "an array of \(what)") }
    guard elements.count <= limit else {
      throw refusal("\(elements.count) \(what) were given, at most \(limit) are expected")
    }
    return elements.enumerated().map { DocumentField($1, path: path.element($0), offset: $1.offset) }
  }
}
