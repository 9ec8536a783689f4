extension PolicyReader {
  private enum ConditionName: String, CaseIterable {
    case errors, durationSeconds, activeSeconds, events, rawBytes, url, tags, tagged, project, state
  }

  private enum BoundName: String, CaseIterable { case atLeast, below }

  /// The conditions of a rule.
  static func conditions(_ field: DocumentField) throws(StoreError) -> Policy.Conditions {
    var conditions = Policy.Conditions()
    try field.eachField(ConditionName.self) { key, field throws(StoreError) in
      switch key {
      case .errors: conditions.errors = try bounds(field)
      case .durationSeconds: conditions.durationSeconds = try bounds(field)
      case .activeSeconds: conditions.activeSeconds = try bounds(field)
      case .events: conditions.events = try bounds(field)
      case .rawBytes: conditions.rawBytes = try bounds(field)
      case .url: conditions.urls = try field.names("a glob", 1...FormatLimits.page, atMost: globs)
      case .tags: conditions.tags = try tags(field)
      case .tagged: conditions.isTagged = try field.boolean()
      case .project: conditions.projects = try field.names("a project", 1...FormatLimits.project)
      case .state: conditions.state = try state(field)
      }
    }
    return conditions
  }

  /// Bounds that something can lie within: a condition that always holds, or never, is a mistake.
  private static func bounds(_ field: DocumentField) throws(StoreError) -> Policy.Bounds {
    var bounds = Policy.Bounds()
    var upper = field
    try field.eachField(BoundName.self) { key, field throws(StoreError) in
      switch key {
      case .atLeast: bounds.atLeast = try field.number(from: 0)
      case .below:
        bounds.below = try field.number(from: 0)
        upper = field
      }
    }
    guard bounds != Policy.Bounds() else {
      throw field.refusal(#"an empty object was given, "atLeast" or "below" or both are expected"#)
    }
    let low = bounds.atLeast ?? 0
    if let below = bounds.below, below <= low {
      throw upper.refusal(expected: "a number above \(DocumentText.number(low))")
    }
    return bounds
  }

  private static func tags(_ field: DocumentField) throws(StoreError) -> [String: String?] {
    var tags: [String: String?] = [:]
    try field.eachMember { key, tag throws(StoreError) in
      try field.checkName(key, of: tag, "a tag key", 1...FormatLimits.tagKey)
      if case .null = tag.value.content {
        tags.updateValue(nil, forKey: key)
      } else {
        tags.updateValue(
          try tag.name("null (the key alone), or a value", 0...FormatLimits.tagValue), forKey: key)
      }
    }
    guard !tags.isEmpty else { throw field.refusal("an empty object was given, a tag at least is expected") }
    guard tags.count <= FormatLimits.tags else {
      throw field.refusal("\(tags.count) tags were given, at most \(FormatLimits.tags) are expected")
    }
    return tags
  }

  private static func state(_ field: DocumentField) throws(StoreError) -> Policy.SessionState {
    if case .string(let text) = field.value.content, let state = Policy.SessionState(rawValue: text) { return state }
    let states = Policy.SessionState.allCases.map { DocumentText.quoted($0.rawValue) }
    throw field.refusal(expected: states.joined(separator: " or "))
  }
}
