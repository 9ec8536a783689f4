/// From the document of a policy to the policy. `Policy.init(json:)` has the schema.
enum PolicyReader {
  static let version: UInt64 = 1
  static let recentHours = 0.0...876_000
  static let retentionDays: ClosedRange<UInt64> = 1...36_500
  static let rules = 100
  static let globs = 100
  static let saltBytes = 1...256

  private enum Name: String, CaseIterable {
    case version, recentHours, salt, rules, `default`, budgetBytes, projectBudgets, freeBytes
  }

  /// The policy a document describes.
  static func policy(_ json: [UInt8]) throws(StoreError) -> Policy {
    let root = DocumentField(try DocumentReader.read(json))
    try refuseNewer(root)
    var policy = Policy()
    var hasVersion = false
    try root.eachField(Name.self) { name, field throws(StoreError) in
      switch name {
      case .version:
        guard field.wholeNumber(in: version...version) != nil else { throw field.refusal(expected: "\(version)") }
        hasVersion = true
      case .recentHours:
        policy.recentHours = try field.number(from: recentHours.lowerBound, to: recentHours.upperBound)
      case .salt: policy.salt = try field.name("a salt", saltBytes)
      case .rules: policy.rules = try rules(field)
      case .default: policy.otherwise = try defaultRule(field)
      case .budgetBytes: policy.budgetBytes = try bytes(field, from: 1)
      case .projectBudgets: policy.projectBudgets = try budgets(field)
      case .freeBytes: policy.freeBytes = try bytes(field, from: 0)
      }
    }
    guard hasVersion else { throw root.missing("version", expected: "\(version)") }
    return policy
  }

  /// A document of a newer version has fields that this engine cannot know: better said at once than one by one.
  private static func refuseNewer(_ root: DocumentField) throws(StoreError) {
    guard case .object(let members) = root.value.content,
      let member = members.first(where: { $0.name == Name.version.rawValue })
    else { return }
    let field = DocumentField(member.value, path: root.path.field(member.name), offset: member.offset)
    if let given = field.wholeNumber(in: version + 1...UInt64.max) {
      throw field.refusal("\(given) was given: the document is for a newer engine, this one reads version \(version)")
    }
  }

  private static func rules(_ field: DocumentField) throws(StoreError) -> [Policy.Rule] {
    var result: [Policy.Rule] = []
    var places: [String: Int] = [:]
    for (place, element) in try field.elements(atMost: rules, of: "rules").enumerated() {
      let rule = try rule(element, places: places)
      places[rule.name] = place
      result.append(rule)
    }
    return result
  }

  private static func budgets(_ field: DocumentField) throws(StoreError) -> [String: UInt64] {
    var budgets: [String: UInt64] = [:]
    try field.eachMember { project, budget throws(StoreError) in
      try field.checkName(project, of: budget, "a project", 1...FormatLimits.project)
      budgets[project] = try bytes(budget, from: 1)
    }
    return budgets
  }

  private static func bytes(_ field: DocumentField, from low: UInt64) throws(StoreError) -> UInt64 {
    if case .string(let text) = field.value.content {
      if let bytes = ByteAmount.bytes(text), bytes >= low { return bytes }
    } else if let bytes = field.wholeNumber(in: low...UInt64.max) {
      return bytes
    }
    throw field.refusal(
      expected: #"a whole number of bytes of at least \#(low), or an amount such as "50 GB" or "20 GiB""#)
  }
}
