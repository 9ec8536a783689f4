extension StoreCore {
  /// Where the bytes are; of one project, or of everything. See `ReplayStore.usage(project:sampleBytes:progress:)`.
  package func usage(
    project: String?, sampleBytes: Int, progress: (@Sendable (_ done: UInt64, _ total: UInt64) -> Void)?
  ) throws(StoreError) -> StoreUsage {
    let name = project.map(ExactName.init)
    let budget = UInt64(max(0, sampleBytes))
    // A flush or a merge may remove what was to be read: then everything is counted anew, as of now.
    for _ in 0..<8 {
      var count = try UsageCount(self, project: name)
      let index = count.state.packs.reduce(0) { $0 + ($1.fileBytes - min($1.fileBytes, $1.storedBytes)) }
      let raw = count.state.packs.reduce(0) { $0 + $1.rawBytes }
      let total = index + min(budget, raw)
      var done: UInt64 = 0
      let advance = { (bytes: UInt64) in
        done += bytes
        progress?(min(done, total), total)
      }
      guard try count.run(advance) else { continue }
      var sampling = KindSampling(self, count, budget: budget)
      if budget > 0 { try sampling.run(advance) }
      return count.usage(budget > 0 ? sampling.costs : nil)
    }
    throw StoreError(.conflict, "packs were removed each time they were to be read", isRetryable: true)
  }
}

extension UsageCount {
  /// What was counted, with an estimate of stored bytes by kind where a sample was taken.
  fileprivate func usage(_ costs: KindCosts?) -> StoreUsage {
    let total = ledger.overall.totalBytes
    func names(_ shares: [ExactName: UsageShare]) -> UsageBreakdown<String> {
      UsageBreakdown(shares.sorted { $0.key < $1.key }.map { .init(name: $0.key.text, share: $0.value) }, of: total)
    }
    let tiers = StoreUsage.Tier.allCases.compactMap { tier in
      ledger.tiers[tier].map { UsageBreakdown<StoreUsage.Tier>.Group(name: tier, share: $0) }
    }
    let days = ledger.days.sorted { $0.key < $1.key }.map { day in
      UsageBreakdown<Timestamp>.Group(
        name: Timestamp(millisecondsSince1970: Double(day.key) * UsageLedger.dayMilliseconds), share: day.value)
    }
    return StoreUsage(
      project: project?.text, overall: ledger.overall, projects: names(ledger.projects),
      tiers: UsageBreakdown(tiers, of: total), classes: names(ledger.classes), days: UsageBreakdown(days, of: total),
      samples: ledger.samples.sorted { $0.key < $1.key }.map { sample in
        var estimate = sample.value
        estimate.standardError.takeRoots()
        return estimate
      },
      kinds: kinds(costs?.estimates(ledger.strata)), sample: costs?.sample ?? .init(),
      parts: StoreUsage.Part.allCases.compactMap { part in ledger.parts[part].map { .init(part: part, bytes: $0) } },
      fileBytes: fileBytes, allocatedBytes: allocatedBytes, unreadablePacks: unreadablePacks)
  }

  private func kinds(_ estimates: [EventKind: UInt64]?) -> [StoreUsage.KindShare] {
    var sums: [EventKind: UsageLedger.Kind] = [:]
    for stratum in ledger.strata.values {
      for (kind, sum) in stratum.kinds {
        sums[kind, default: .init()].events += sum.events
        sums[kind, default: .init()].rawBytes += sum.rawBytes
      }
    }
    return sums.sorted { $0.key < $1.key }.map { kind, sum in
      StoreUsage.KindShare(
        kind: kind, events: sum.events, rawBytes: sum.rawBytes,
        storedBytesEstimated: estimates.map { $0[kind] ?? 0 })
    }
  }
}
