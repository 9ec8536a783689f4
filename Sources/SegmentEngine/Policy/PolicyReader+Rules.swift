extension PolicyReader {
  private enum RuleName: String, CaseIterable { case name, when, keep, retentionDays }

  private enum DefaultName: String, CaseIterable { case keep, retentionDays }

  /// One rule; `places` has the names that are taken, and by which rule.
  static func rule(_ field: DocumentField, places: [String: Int]) throws(StoreError) -> Policy.Rule {
    var name: String?
    var conditions: Policy.Conditions?
    var rate: Double?
    var retention = Policy.Retention.usual
    try field.eachField(RuleName.self) { key, field throws(StoreError) in
      switch key {
      case .name: name = try ruleName(field, places: places)
      case .when: conditions = try self.conditions(field)
      case .keep: rate = try keep(field)
      case .retentionDays: retention = try self.retention(field)
      }
    }
    guard let name else { throw field.missing("name", expected: "a name that no other rule has") }
    guard let conditions else { throw field.missing("when", expected: "an object ({} for all sessions)") }
    guard let rate else { throw field.missing("keep", expected: "a number from 0 to 1") }
    return Policy.Rule(name: name, when: conditions, keep: rate, retention: retention)
  }

  /// The rule for what is left.
  static func defaultRule(_ field: DocumentField) throws(StoreError) -> Policy.Rule {
    var rate: Double?
    var retention = Policy.Retention.usual
    try field.eachField(DefaultName.self) { key, field throws(StoreError) in
      switch key {
      case .keep: rate = try keep(field)
      case .retentionDays: retention = try self.retention(field)
      }
    }
    guard let rate else { throw field.missing("keep", expected: "a number from 0 to 1") }
    return Policy.Rule(name: Policy.Rule.defaultName, keep: rate, retention: retention)
  }

  private static func ruleName(_ field: DocumentField, places: [String: Int]) throws(StoreError) -> String {
    let name = try field.name("a name", 1...FormatLimits.ruleName)
    guard name != Policy.Rule.defaultName else {
      throw field.refusal(expected: #"another name ("default" is what decides where no rule does)"#)
    }
    guard name != Policy.pinnedClass else {
      throw field.refusal(expected: "another name (pinned sessions lie in packs of this one)")
    }
    if let place = places[name] { throw field.refusal(expected: "a name other than that of rules[\(place)]") }
    return name
  }

  private static func keep(_ field: DocumentField) throws(StoreError) -> Double { try field.number(from: 0, to: 1) }

  private static func retention(_ field: DocumentField) throws(StoreError) -> Policy.Retention {
    if case .string("forever") = field.value.content { return .forever }
    guard let days = field.wholeNumber(in: retentionDays) else {
      throw field.refusal(
        expected: #"a whole number from \#(retentionDays.lowerBound) to \#(retentionDays.upperBound) or "forever""#)
    }
    return .days(Int(days))
  }
}
