extension Policy {
  /// The rule that decides on a session: the first whose conditions hold, else `otherwise`. A pure function of both;
  /// time grows with the rules, and with globs times pages.
  package func rule(for facts: PolicyFacts) -> Rule {
    rules.first { $0.when.hold(for: facts) } ?? otherwise
  }
}

extension Policy.Conditions {
  /// Whether all that is given holds. What is cheap to look at comes first.
  func hold(for facts: PolicyFacts) -> Bool {
    if let state, (state == .finished) != facts.isFinished { return false }
    if let errors, !errors.holds(Double(facts.errors)) { return false }
    if let durationSeconds, !durationSeconds.holds(facts.durationMilliseconds / 1_000) { return false }
    if let activeSeconds, !activeSeconds.holds(Double(facts.activeMilliseconds) / 1_000) { return false }
    if let events, !events.holds(Double(facts.events)) { return false }
    if let rawBytes, !rawBytes.holds(Double(facts.rawBytes)) { return false }
    if let isTagged, isTagged == facts.tags.isEmpty { return false }
    if !projects.isEmpty, !projects.contains(where: { NameBytes.same($0, facts.key.project) }) {
      return false
    }
    return holdTags(of: facts) && holdPages(of: facts)
  }

  private func holdTags(of facts: PolicyFacts) -> Bool {
    tags.allSatisfy { key, value in
      guard let found = facts.tags[key] else { return false }
      guard let value else { return true }
      return NameBytes.same(value, found)
    }
  }

  private func holdPages(of facts: PolicyFacts) -> Bool {
    urls.isEmpty || urls.map { Glob($0) }.contains { facts.pages.contains(where: $0.matches) }
  }
}
