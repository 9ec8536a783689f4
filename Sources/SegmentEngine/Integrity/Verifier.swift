internal import SegmentFiles

/// Checks a store: every file the catalog names, every checksum, every cross-reference; with `isDeep` the content of every
/// block too. Changes nothing and needs no lock; what a writer does meanwhile is not taken for damage.
package struct Verifier {
  let core: StoreCore
  let isDeep: Bool
  let progress: (@Sendable (_ done: UInt64, _ total: UInt64) -> Void)?
  private var report = VerifyReport()
  private var total: UInt64 = 0
  /// Sequences of each segment and live session, to find gaps and overlaps.
  private var ranges: [SequenceRange] = []

  struct SequenceRange {
    var hash: UInt64
    var session: SessionKey
    var sequences: Range<UInt64>
    var file: String
  }

  package init(_ core: StoreCore, isDeep: Bool, progress: (@Sendable (_ done: UInt64, _ total: UInt64) -> Void)?) {
    self.core = core
    self.isDeep = isDeep
    self.progress = progress
  }

  private var layout: Layout { core.layout }
  private var files: any FileSystem { core.environment.files }

  package mutating func run() throws(StoreError) -> VerifyReport {
    let isWritten = try attempt { () throws(FileError) in try files.isLocked(layout.writerLock) }
    try checkCatalog()
    let state = core.catalog.state
    total = state.packs.reduce(0) { $0 + $1.fileBytes } + state.dictionaries.reduce(0) { $0 + 2 * $1.fileBytes }
    for dictionary in state.dictionaries { check(dictionary) }
    for list in state.gone { try check(list) }
    for pack in state.packs { try check(pack) }
    for destruction in state.destructions {
      find(
        .note,
        "an erasure of \(destruction.packs.count) packs and \(destruction.journals.count) journals is under way, or was interrupted and is ended by the next maintenance",
        "catalog")
    }
    for journal in state.journals { try check(journal, isWritten: isWritten) }
    try checkSmallFiles()
    checkSequences()
    try checkOrphans(state, isWritten: isWritten)
    report.findings.sort { ($0.file, $0.offset ?? 0) < ($1.file, $1.offset ?? 0) }
    return report
  }

  private func attempt<T>(_ body: () throws(FileError) -> T) throws(StoreError) -> T { try inStore(layout, body) }

  private mutating func find(
    _ severity: VerifyReport.Finding.Severity, _ message: String, _ file: String, _ offset: UInt64? = nil,
    _ length: UInt64? = nil
  ) {
    report.findings.append(
      .init(severity: severity, message: message, file: file, offset: offset, length: length, session: nil, time: nil))
  }

  private mutating func find(_ error: StoreError, in file: String) {
    report.findings.append(
      .init(
        severity: .damage, message: error.message, file: error.location?.file ?? file, offset: error.location?.offset,
        length: error.location?.length, session: error.location?.session, time: nil))
  }

  private mutating func advance(_ bytes: UInt64) {
    report.bytes += bytes
    report.files += 1
    progress?(min(report.bytes, total), total)
  }

  // MARK: The parts

  private mutating func checkCatalog() throws(StoreError) {
    let bytes = try attempt { () throws(FileError) in
      let file = try files.open(layout.catalog, .read)
      return try file.readBytes(at: 0, count: Int(min(try file.facts().size, UInt64(Int32.max))))
    }
    let scan = CatalogScan(bytes, base: 0, next: 0)
    for offset in scan.damagedCopies {
      find(
        .damage, "a page of the catalog is damaged; its other copy stands in, and the next generation is whole again",
        "catalog", offset, UInt64(CatalogPage.size))
    }
    if let lost = scan.lost { find(.damage, "a commit of the catalog is gone in both copies", "catalog", lost) }
    if scan.hasTornTail {
      find(
        .note, "a commit was cut short, or is being written now; it was never acknowledged", "catalog", scan.end,
        UInt64(bytes.count) - scan.end)
    }
    advance(UInt64(bytes.count))
    if let problem = core.catalog.state.contradiction { find(.damage, problem, "catalog") }
  }

  private mutating func check(_ facts: DictionaryFacts) {
    for copy in 0..<2 {
      let name = layout.relative(layout.dictionary(facts.id, copy: copy))
      do throws(StoreError) {
        if try DictionaryFile.read(facts, copy: copy, core.environment, layout).count != facts.contentBytes {
          find(.damage, "a dictionary does not have the \(facts.contentBytes) bytes that the catalog says", name, 80, 8)
        }
      } catch { find(error, in: name) }
      advance(facts.fileBytes)
    }
  }

  private mutating func check(_ facts: GoneFacts) throws(StoreError) {
    do throws(StoreError) {
      let list = try GoneList.read(facts, store: core.catalog.state.store, core.environment, layout)
      if list.entries.map(\.untilDay).max() ?? 0 != facts.lastDay {
        find(
          .damage, "a list of gone sessions ends on another day than the catalog says",
          layout.relative(layout.gone(facts.id)))
      }
    } catch {
      _ = try core.catalog.refresh()
      guard core.catalog.state.gone.contains(where: { $0.id == facts.id }) else { return }
      find(error, in: layout.relative(layout.gone(facts.id)))
    }
    advance(GoneList.fileBytes(facts.entries))
  }

  /// A pack as it will be once what the catalog says is destroyed: what that did not reach yet is neither whole nor damaged.
  private func open(_ facts: PackFacts, _ state: CatalogState) throws(StoreError) -> PackFile {
    var facts = facts
    for part in state.destructions.flatMap(\.packs) where part.pack == facts.id { facts.erased.add(part.erased) }
    return try PackFile(facts, core.environment, layout, patch: state.patch(ofPack: facts.id))
  }

  private mutating func check(_ facts: PackFacts) throws(StoreError) {
    let name = layout.relative(layout.pack(facts.id))
    do throws(StoreError) {
      var check = PackCheck(core, try open(facts, core.catalog.state), isDeep: isDeep)
      check.run()
      if !check.findings.isEmpty {
        _ = try core.catalog.refresh()
        let now = core.catalog.state
        guard let current = now.packs.first(where: { $0.id == facts.id }) else { return advance(facts.fileBytes) }
        // Something was erased from it meanwhile, or is now.
        if current.erased != facts.erased || now.isBeingDestroyed(facts.id) {
          check = PackCheck(core, try open(current, now), isDeep: isDeep)
          check.run()
        }
      }
      report.findings += check.findings
      report.segments += UInt64(check.segments.count)
      report.blocks += check.blocks
      report.events += check.events
      // A gap between blocks of a segment is a loss that was told of when the segment was written.
      for entry in check.segments where entry.nextSequence > entry.sequence {
        ranges.append(
          SequenceRange(
            hash: KeyHash.of(entry.session), session: entry.session, sequences: entry.sequence..<entry.nextSequence,
            file: name))
      }
    } catch  where error.code == .notFound {
      // Gone since the catalog was read, or really gone?
      if try core.catalog.refresh(), !core.catalog.state.packs.contains(where: { $0.id == facts.id }) { return }
      find(error, in: name)
    }
    advance(facts.fileBytes)
  }

  private mutating func check(_ facts: JournalFacts, isWritten: Bool) throws(StoreError) {
    let name = layout.relative(layout.journal(facts.id))
    do throws(StoreError) {
      var check = JournalCheck(core, facts, isDeep: isDeep, isWritten: isWritten)
      try check.run()
      report.findings += check.findings
      report.events += check.events
      ranges += check.ranges
      advance(check.bytes)
    } catch  where error.code == .notFound {
      _ = try core.catalog.refresh()
      if core.catalog.state.journals.contains(where: { $0.id == facts.id }) { find(error, in: name) }
    }
  }

  /// Lock records and the durable mark: none of them matters to the data, but what is in them is not what was written.
  private mutating func checkSmallFiles() throws(StoreError) {
    let small: [(path: String, size: Int, isValid: ([UInt8]) -> Bool)] = [
      (layout.catalogLock, LockRecord.size, { LockRecord.decode($0)?.encode() == $0 }),
      (layout.writerLock, LockRecord.size, { LockRecord.decode($0)?.encode() == $0 }),
      (layout.maintenanceLock, LockRecord.size, { LockRecord.decode($0)?.encode() == $0 }),
      (layout.durable, DurableMark.size, { DurableMark.decode($0)?.encode() == $0 }),
    ]
    for (path, size, isValid) in small {
      // A writer may be in the middle of writing it: look again.
      var isWell = false
      for _ in 0..<3 where !isWell {
        let bytes = try attempt { () throws(FileError) -> [UInt8]? in
          guard try files.facts(at: path) != nil else { return nil }
          let file = try files.open(path, .read)
          return try file.readBytes(at: 0, count: size + 1)
        }
        isWell = bytes.map { $0.isEmpty || ($0.count == size && isValid($0)) } ?? true
      }
      if !isWell {
        find(
          .warning, "the record in it is not valid; harmless, and written anew by the next who takes it",
          layout.relative(path), 0, UInt64(size))
      }
    }
  }

  private mutating func checkSequences() {
    ranges.sort { ($0.hash, $0.sequences.lowerBound) < ($1.hash, $1.sequences.lowerBound) }
    var previous: SequenceRange?
    for range in ranges {
      defer { previous = range }
      let expected = previous.flatMap { $0.session == range.session ? $0.sequences.upperBound : nil } ?? 0
      guard range.sequences.lowerBound != expected, core.refusal(of: range.session) == nil else { continue }
      let isGap = range.sequences.lowerBound > expected
      report.findings.append(
        .init(
          severity: .damage,
          message: isGap
            ? "events \(expected) to \(range.sequences.lowerBound - 1) of the session are in no file"
            : "events from \(range.sequences.lowerBound) on are in two files",
          file: range.file, offset: nil, length: nil, session: range.session, time: nil))
    }
  }

  private mutating func checkOrphans(_ state: CatalogState, isWritten: Bool) throws(StoreError) {
    // What was committed since is no orphan either.
    _ = try core.catalog.refresh()
    let named = state.namedFiles(in: layout).union(core.catalog.state.namedFiles(in: layout))
    let isMaintained = try attempt { () throws(FileError) in try files.isLocked(layout.maintenanceLock) }
    for folder in layout.folders {
      // An older engine made none for lists of what is gone.
      guard try attempt({ () throws(FileError) in try files.facts(at: folder) }) != nil else { continue }
      let names = try attempt { () throws(FileError) in try files.list(folder) }
      for name in names where !named.contains("\(folder)/\(name)") {
        let file = layout.relative("\(folder)/\(name)")
        if folder == layout.damaged {
          find(.warning, "a journal with damage, kept for salvage; remove it when it is of no more use", file)
        } else if isWritten || isMaintained {
          find(.note, "not in the catalog: being made or removed now, or an orphan", file)
        } else {
          find(.warning, "an orphan: not in the catalog, removed when the store is next opened for writing", file)
        }
      }
    }
    let known: Set<String> = [
      "catalog", "catalog.lock", "writer.lock", "maintenance.lock", "erasure.lock", "durable", "reserve", "journals",
      "packs",
      "dictionaries", "gone", "temporary", "damaged",
    ]
    for name in try attempt({ () throws(FileError) in try files.list(layout.root) }) where !known.contains(name) {
      find(.warning, "not a file of the store", name)
    }
  }
}
