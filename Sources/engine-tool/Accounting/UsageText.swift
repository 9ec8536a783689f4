import SegmentEngine

/// Where the bytes are, as tables.
struct UsageText {
  private let usage: StoreUsage
  private let gzip: GzipEstimate?

  private let decisions: [DecisionTotal]

  init(_ usage: StoreUsage, _ gzip: GzipEstimate?, _ decisions: [DecisionTotal]) {
    self.decisions = decisions
    self.usage = usage
    self.gzip = gzip
  }

  /// The facts of the whole and its parts, then a table for each dimension.
  func text(_ dimensions: [Stats.Dimension]) -> String {
    var sections = [facts, parts]
    for dimension in dimensions {
      switch dimension {
      case .project: sections.append(projects)
      case .tier: sections.append(table("tier", usage.tiers) { $0.rawValue })
      case .class: sections.append(table("class", usage.classes) { $0.isEmpty ? "(undecided)" : $0 })
      case .day: sections.append(table("day", usage.days, Self.day))
      case .kind: sections.append(kinds)
      case .rule: sections.append(rules)
      }
    }
    return sections.joined(separator: "\n")
  }

  /// `2026-11-23`.
  static func day(_ start: Timestamp) -> String {
    ISO8601.text(start.millisecondsSince1970).split(separator: "T").first.map(String.init) ?? "-"
  }

  private var total: UInt64 { usage.overall.totalBytes }

  private func part(_ bytes: UInt64) -> String { Quantity.percent(total == 0 ? 0 : Double(bytes) / Double(total)) }

  // MARK: The whole

  private var facts: String {
    let all = usage.overall
    let ratio = "ratio \(Units.ratio(all.rawBytes, total))"
    var text = Table.facts([
      "project": usage.project ?? "all, \(usage.projects.groups.count)",
      "sessions": "\(all.sessions ?? 0), \(Units.count(all.segments, "segment")), \(Units.count(all.events, "event"))",
      "size": "\(Units.bytes(all.rawBytes)) raw, \(Units.bytes(total)) in all, \(ratio)",
      "of that": "\(Units.bytes(all.storedBytes)) events, \(Units.bytes(all.overheadBytes)) overhead, "
        + "\(Units.bytes(all.dictionaryBytes)) dictionaries",
      "gzip -6": gzipFact,
    ])
    if usage.project == nil {
      let allocated = Units.bytes(usage.allocatedBytes)
      text += Table.facts(["on disk ": "\(allocated) allocated for \(Units.bytes(usage.fileBytes))"])
      if usage.fileBytes != total {
        let isMore = usage.fileBytes > total
        let bytes = Units.bytes(isMore ? usage.fileBytes - total : total - usage.fileBytes)
        text +=
          "the files weigh \(bytes) \(isMore ? "more" : "less") than was counted: somebody wrote meanwhile, or see "
          + "verify\n"
      }
    }
    return text
  }

  private var gzipFact: String {
    guard let gzip, let bytes = gzip.bytes else { return "not estimated" }
    let share = bytes == 0 ? "" : "; this is \(Quantity.percent(Double(total) / Double(bytes))) of it"
    let sessions = Units.count(gzip.sample.sessions, "session")
    let basis =
      gzip.isExact ? "each session one file" : "estimated from \(sessions), \(Units.bytes(gzip.sample.rawBytes)) raw"
    return "\(Units.bytes(bytes))\(share) (\(basis))"
  }

  private var parts: String {
    var table = Table(["what for": .left, "bytes": .right, "part": .right])
    for entry in usage.parts { table.add(Self.name(entry.part), Units.bytes(entry.bytes), part(entry.bytes)) }
    return table.text
  }

  private static func name(_ part: StoreUsage.Part) -> String {
    switch part {
    case .frames: "events in packs"
    case .payloads: "events in journals"
    case .blockHeaders: "headers of segments and blocks"
    case .directories: "directories of packs"
    case .locators: "locators of packs"
    case .packEnds: "headers and footers of packs"
    case .erased: "erased, space not yet given back"
    case .unreadable: "cannot be read; see verify"
    case .recordHeads: "heads of journal records"
    case .journalFraming: "journals' framing and padding"
    case .dictionaries: "dictionaries, two copies"
    case .reserve: "space held back for a full disk"
    case .catalog: "catalog"
    case .locks: "locks and durable mark"
    case .damagedJournals: "damaged journals kept"
    case .unnamed: "files the catalog does not name"
    }
  }

  // MARK: Its dimensions

  private static func columns(_ name: String) -> [(key: String, value: Table.Alignment)] {
    [(key: name, value: .left)]
      + [
        "sessions", "segments", "events", "raw", "stored", "overhead", "dictionaries", "total", "part", "ratio",
        "gzip -6", "of gzip",
      ].map { (key: $0, value: .right) }
  }

  private func table<Name>(
    _ heading: String, _ breakdown: UsageBreakdown<Name>, gzip: [UInt64?] = [], _ name: (Name) -> String
  ) -> String {
    var hidden: Set<String> = gzip.isEmpty ? ["gzip -6", "of gzip"] : []
    let groups = breakdown.groups
    if groups.allSatisfy({ $0.share.dictionaryBytes == 0 }) { hidden.insert("dictionaries") }
    if groups.allSatisfy({ $0.share.sessions == nil }) { hidden.insert("sessions") }
    var table = Table(Self.columns(heading), without: hidden)
    for (place, group) in groups.enumerated() {
      let share = group.share
      let gzip = gzip.isEmpty ? nil : gzip[place]
      table.add(
        name(group.name), share.sessions.map { "\($0)" } ?? "-", "\(share.segments)", "\(share.events)",
        Units.bytes(share.rawBytes), Units.bytes(share.storedBytes), Units.bytes(share.overheadBytes),
        Units.bytes(share.dictionaryBytes), Units.bytes(share.totalBytes), part(share.totalBytes),
        Units.ratio(share.rawBytes, share.totalBytes), gzip.map(Units.bytes) ?? "-",
        gzip.map { $0 == 0 ? "-" : Quantity.percent(Double(share.totalBytes) / Double($0)) } ?? "-")
    }
    if breakdown.commonBytes > 0 {
      let common = breakdown.commonBytes
      table.add("(common)", "", "", "", "", "", "", "", Units.bytes(common), part(common), "", "", "")
    }
    return table.text
  }

  /// What the kept sessions let one estimate, and what was counted when it was decided.
  private var rules: String {
    var table = Table([
      "rule": .left, "kept": .right, "stand for": .right, "clicks": .right, "errors": .right, "decided on": .right,
      "let go early": .right,
    ])
    for sample in usage.samples {
      let own = decisions.filter { $0.rule == sample.rule }
      let (estimated, error) = (sample.estimated, sample.standardError)
      table.add(
        sample.rule.isEmpty ? "(undecided)" : sample.rule, PolicyOutput.whole(sample.kept.sessions),
        PolicyOutput.estimate(estimated.sessions, error.sessions),
        PolicyOutput.estimate(estimated.clicks, error.clicks),
        PolicyOutput.estimate(estimated.errors, error.errors), "\(own.reduce(0) { $0 + $1.sessions })",
        "\(own.reduce(0) { $0 + $1.evicted })")
    }
    return table.text
      + "what sessions stand for is estimated by 1/rate, with one standard error; decided on: in 400 days\n"
  }

  private var projects: String { table("project", usage.projects, gzip: gzip?.projects ?? []) { $0 } }

  private var kinds: String {
    let isEstimated = usage.sample.blocks > 0
    let raw = Double(max(1, usage.overall.rawBytes))
    var table = Table(
      [
        "kind": .left, "events": .right, "raw": .right, "part of raw": .right, "stored": .right, "part": .right,
        "ratio": .right,
      ],
      without: isEstimated ? [] : ["stored", "part", "ratio"])
    let kinds = usage.kinds.sorted {
      ($0.storedBytesEstimated ?? 0, $0.rawBytes) > ($1.storedBytesEstimated ?? 0, $1.rawBytes)
    }
    for kind in kinds {
      let stored = kind.storedBytesEstimated ?? 0
      table.add(
        kind.kind.name, "\(kind.events)", Units.bytes(kind.rawBytes), Quantity.percent(Double(kind.rawBytes) / raw),
        Units.bytes(stored), part(stored), Units.ratio(kind.rawBytes, stored))
    }
    guard isEstimated else { return table.text }
    for (name, bytes) in [("overhead", usage.overall.overheadBytes), ("dictionaries", usage.overall.dictionaryBytes)]
    where bytes > 0 {
      table.add("(\(name))", "", "", "", Units.bytes(bytes), part(bytes), "")
    }
    let basis = "\(Units.count(usage.sample.blocks, "block")), \(Units.bytes(usage.sample.rawBytes)) raw"
    return table.text + "stored bytes by kind are estimated from \(basis)\n"
  }
}
