internal import SegmentCodecs

extension ErasureReceipt {
  init(_ facts: ErasureFacts, limits: [String] = []) {
    let kind: Kind =
      switch facts.target {
      case .session: .session
      case .visitor: .visitor
      case .tag: .tag
      case .project: .project
      }
    self.init(
      id: facts.id.description, time: Timestamp(millisecondsSince1970: facts.time), kind: kind,
      nameHash: Identifier(high: facts.hash.low.byteSwapped, low: facts.hash.high.byteSwapped).description,
      sessions: facts.sessions, segments: facts.segments, records: facts.records, bytes: facts.bytes,
      packs: facts.packs, journals: facts.journals, isComplete: facts.isDone, limits: limits)
  }
}
