import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// What each byte of a store's files holds, and so what may be lost with it. What is in no range costs nothing.
struct DamageMap: Sendable {
  enum Loss: Sendable, Equatable {
    /// Another copy, the directory or the catalog has the same.
    case nothing
    /// These events and no others. Where their record is what tells of them (`isNamed` false) and they are the session's
    /// last, nobody can say that they are missing but `verify`.
    case events(SessionKey, Range<UInt64>, isNamed: Bool)
    /// A change of tags.
    case tags(SessionKey)
    /// The session cannot be read until it is salvaged: reading it says so, and names the file. The events are those of the
    /// segment.
    case session(SessionKey, Range<UInt64>)
  }

  private var ranges: [String: [(bytes: Range<Int>, loss: Loss)]] = [:]

  init(_ core: StoreCore) throws {
    let layout = core.layout
    let state = core.catalog.state
    for facts in state.packs {
      let pack = try PackFile(facts, core.environment, layout)
      for locator in try pack.readEnd().locators {
        guard let entry = try pack.readEntry(offset: locator.offset, length: locator.length) else { continue }
        add(
          pack.name, UInt64(locator.offset), Int(locator.length),
          .session(entry.session, entry.sequence..<entry.nextSequence))
        for block in entry.blocks {
          add(
            pack.name, block.frameOffset, block.stored,
            .events(entry.session, block.sequence..<block.nextSequence, isNamed: true))
        }
      }
    }
    for facts in state.journals {
      let journal = try JournalFile(facts.id, core.environment, layout)
      var found: [FoundRecord] = []
      var scan = try JournalScan(journal.file, id: facts.id)
      try scan.run(trust: facts.sealedEnd.map { .sealed(end: $0) } ?? .all(mark: 0)) { found.append($0) }
      for head in found.map(\.head) {
        if case .tags = head.details { add(journal.name, head.offset, Int(head.size), .tags(head.session)) }
        guard head.events > 0 else { continue }
        let range = head.sequence..<head.sequence + UInt64(head.events)
        add(journal.name, head.offset, head.headLength, .events(head.session, range, isNamed: false))
        add(
          journal.name, head.offset + UInt64(head.headLength), head.payloadLength,
          .events(head.session, range, isNamed: true))
      }
    }
  }

  private mutating func add(_ file: String, _ offset: UInt64, _ length: Int, _ loss: Loss) {
    ranges[file, default: []].append((Int(offset)..<Int(offset) + length, loss))
  }

  func loss(_ file: String, at byte: Int) -> Loss {
    ranges[file]?.first { $0.bytes.contains(byte) }?.loss ?? .nothing
  }

  /// What is lost where a file ends too early. A directory entry that is not there names nothing.
  func losses(_ file: String, from length: Int) -> [Loss] {
    (ranges[file] ?? []).filter { $0.bytes.upperBound > length }.map {
      switch $0.loss {
      case .events(let key, let range, _), .session(let key, let range): .events(key, range, isNamed: false)
      case .nothing, .tags: $0.loss
      }
    }
  }

  /// Where the last thing that means something ends.
  func end(of file: String) -> Int { ranges[file]?.map(\.bytes.upperBound).max() ?? 0 }
}
