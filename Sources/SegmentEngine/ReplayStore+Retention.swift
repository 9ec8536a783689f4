internal import SegmentFiles

extension ReplayStore {
  /// The policy in force. With none set, everything is kept 30 days.
  public func policy() async throws(StoreError) -> Policy {
    try await read { core in core.policy }
  }

  /// Puts a policy in force: it decides on sessions that nothing was decided of yet, and moves the days on which packs of
  /// rules that it still has expire. Nothing is rewritten: what was kept or left out stays so.
  ///
  /// Also beside a writing process. Throws `.wrongMode`, `.invalidPolicy` where it breaks a limit.
  @discardableResult
  public func setPolicy(_ policy: Policy) async throws(StoreError) -> PolicyChange {
    try requireChanging()
    // As it will be read again.
    let policy = try Policy(json: policy.json)
    let core = self.core
    return try await pool.run { () throws(StoreError) in try PolicyInstallation(core: core).install(policy) }
  }

  /// What the rules decided on, by day and rule, in that order: of the last 400 days.
  public func decisionTotals() async throws(StoreError) -> [DecisionTotal] {
    try await read { core in
      core.contents.withLock { $0.catalog.totals }.entries.map { entry in
        let total = entry.total
        return DecisionTotal(
          day: Timestamp(millisecondsSince1970: Double(entry.key.day) * Day.milliseconds), rule: entry.key.rule,
          sessions: total.sessions, kept: total.kept, evicted: total.evicted, events: total.events,
          clicks: total.clicks,
          errors: total.errors, rawBytes: total.rawBytes)
      }
    }
  }

  /// What a policy would make of the sessions in the store: all that are in packs are decided on as if nothing had been
  /// decided yet. Reads the directories of all packs.
  public func evaluate(_ policy: Policy) async throws(StoreError) -> PolicyEvaluation {
    let policy = try Policy(json: policy.json)
    return try await read { core throws(StoreError) in try PolicyTrial(core: core, policy: policy).run() }
  }

  /// Keeps a session whatever the policy says, until a moment or for good. Throws `.notFound` where there is none.
  public func pin(_ key: SessionKey, until: Timestamp? = nil) async throws(StoreError) {
    try Names.check(key)
    try requireChanging()
    if let until, !(until.millisecondsSince1970.isFinite && until.millisecondsSince1970 > 0) {
      throw StoreError(.invalidArgument, "a pin until \(until.millisecondsSince1970); it must be a time after 1970")
    }
    guard try await summary(of: key) != nil else { throw core.absence(of: key) }
    let core = self.core
    try await pool.run { () throws(StoreError) in
      core.settle(
        try core.catalog.commit { state throws(StoreError) in
          if state.isErased(key) { throw core.absence(of: key) }
          return [.pin(Pin(session: key, until: until?.millisecondsSince1970 ?? 0))]
        })
      // It may have been let go just before the pin was in force: then the pin holds nothing, and says so.
      try core.refreshAll()
      if try core.summary(of: key) == nil {
        core.settle(try core.catalog.commit { state in state.pins[key] == nil ? [] : [.unpin(key)] })
        throw core.absence(of: key)
      }
    }
  }

  /// Ends a pin: the policy decides again, from the session's last receipt on. Throws `.notFound` where it is not pinned.
  public func unpin(_ key: SessionKey) async throws(StoreError) {
    try Names.check(key)
    try requireChanging()
    let core = self.core
    try await pool.run { () throws(StoreError) in
      core.settle(
        try core.catalog.commit { state throws(StoreError) in
          guard state.pins[key] != nil else {
            throw StoreError(.notFound, "session \(key) is not pinned", location: .init(session: key))
          }
          return [.unpin(key)]
        })
    }
  }

  /// Erases sessions, at once and physically: they can be read no longer from the first commit on, and when the call
  /// returns their bytes are overwritten with zeros in packs, journals and catalog. Batches that still come for them are
  /// refused with `.sessionErased`.
  ///
  /// Needs no lock: it may be called beside writing and maintaining processes. Interrupted, what was begun is ended by the
  /// next who opens or maintains the store. Throws `.notFound` where there is nothing to erase, neither here nor in a
  /// snapshot that can be reached; `.overloaded` where a writing process does not answer. One that was erased before is
  /// erased again wherever something of it may be left.
  @discardableResult
  public func erase(
    _ target: ErasureTarget, progress: (@Sendable (_ bytes: UInt64) -> Void)? = nil
  ) async throws(StoreError) -> ErasureReceipt {
    try requireChanging()
    try Self.check(target)
    let (core, writer) = (self.core, writing?.writer)
    return try await work(progress) { (control) throws(StoreError) in
      var eraser = Eraser(core, writer: writer, control)
      return try eraser.run(target)
    }
  }

  /// The sessions that `erase` would erase. Reads the directories of all packs, except for one session.
  public func erasable(_ target: ErasureTarget) async throws(StoreError) -> [SessionKey] {
    try Self.check(target)
    return try await read { core throws(StoreError) in
      var search = ErasureSearch(core, MaintenanceControl())
      return try search.sessions(of: target)
    }
  }

  /// The receipts of erasures, oldest first; at most the last 10,000.
  public func erasureReceipts() async throws(StoreError) -> [ErasureReceipt] {
    try await read { core in core.catalog.state.receipts.map { ErasureReceipt($0) } }
  }

  private static func check(_ target: ErasureTarget) throws(StoreError) {
    var project: String?
    switch target {
    case .session(let key): try Names.check(key)
    case .visitor(let visitor, let of):
      try Names.check(visitor, "visitor ID", 1...FormatLimits.visitor)
      project = of
    case .tag(let key, let value, let of):
      try Names.check(key, "tag key", 1...FormatLimits.tagKey)
      try Names.check(value, "value of tag \(key)", 0...FormatLimits.tagValue)
      project = of
    case .project(let name): project = name
    }
    if let project { try Names.check(project: project) }
  }
}
