/// From a policy to its document: one document for each policy, fields in the order of the schema, keys of dictionaries in
/// the order of their bytes.
struct PolicyWriter {
  private var members: [DocumentValue.Member] = []

  /// The document of a policy.
  static func document(_ policy: Policy) -> DocumentValue {
    var writer = PolicyWriter()
    writer.add("version", number("\(PolicyReader.version)"))
    writer.add("recentHours", policy.recentHours.map(number))
    writer.add("salt", policy.salt.map(string))
    writer.add("rules", value(.array(policy.rules.map(rule))))
    writer.add("default", decision(policy.otherwise).object)
    writer.add("budgetBytes", policy.budgetBytes.map { number("\($0)") })
    if !policy.projectBudgets.isEmpty {
      writer.add("projectBudgets", dictionary(policy.projectBudgets) { number("\($0)") })
    }
    writer.add("freeBytes", number("\(policy.freeBytes)"))
    return writer.object
  }

  private static func rule(_ rule: Policy.Rule) -> DocumentValue {
    var writer = PolicyWriter()
    writer.add("name", string(rule.name))
    writer.add("when", conditions(rule.when))
    writer.members += decision(rule).members
    return writer.object
  }

  private static func decision(_ rule: Policy.Rule) -> PolicyWriter {
    var writer = PolicyWriter()
    writer.add("keep", number(rule.keep))
    switch rule.retention {
    case .days(let days): writer.add("retentionDays", number("\(days)"))
    case .forever: writer.add("retentionDays", string("forever"))
    }
    return writer
  }

  private static func conditions(_ when: Policy.Conditions) -> DocumentValue {
    var writer = PolicyWriter()
    writer.add("errors", when.errors.map(bounds))
    writer.add("durationSeconds", when.durationSeconds.map(bounds))
    writer.add("activeSeconds", when.activeSeconds.map(bounds))
    writer.add("events", when.events.map(bounds))
    writer.add("rawBytes", when.rawBytes.map(bounds))
    writer.add("url", oneOrMore(when.urls))
    if !when.tags.isEmpty { writer.add("tags", dictionary(when.tags) { $0.map(string) ?? value(.null) }) }
    writer.add("tagged", when.isTagged.map { value(.boolean($0)) })
    writer.add("project", oneOrMore(when.projects))
    writer.add("state", when.state.map { string($0.rawValue) })
    return writer.object
  }

  private static func bounds(_ bounds: Policy.Bounds) -> DocumentValue {
    var writer = PolicyWriter()
    writer.add("atLeast", bounds.atLeast.map(number))
    writer.add("below", bounds.below.map(number))
    return writer.object
  }

  private static func oneOrMore(_ names: [String]) -> DocumentValue? {
    switch names.count {
    case 0: nil
    case 1: string(names[0])
    default: value(.array(names.map(string)))
    }
  }

  private static func dictionary<Value>(
    _ values: [String: Value], _ write: (Value) -> DocumentValue
  ) -> DocumentValue {
    var writer = PolicyWriter()
    for (key, value) in values.sorted(by: { NameBytes.precedes($0.key, $1.key) }) {
      writer.add(key, write(value))
    }
    return writer.object
  }

  private mutating func add(_ name: String, _ value: DocumentValue?) {
    if let value { members.append(.init(name: name, offset: 0, value: value)) }
  }

  private var object: DocumentValue { Self.value(.object(members)) }

  private static func number(_ value: Double) -> DocumentValue { number(DocumentText.number(value)) }

  private static func number(_ literal: String) -> DocumentValue { value(.number(.nan, literal: literal)) }

  private static func string(_ text: String) -> DocumentValue { value(.string(text)) }

  private static func value(_ content: DocumentValue.Content) -> DocumentValue {
    DocumentValue(content: content, offset: 0)
  }
}
