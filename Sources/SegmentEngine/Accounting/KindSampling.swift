internal import SegmentCodecs

/// Decodes a sample of what a ledger holds, to see which kinds of events the stored bytes are due to.
///
/// Which blocks are taken depends on the store alone: by their checksums, which are as good as random, the more likely the
/// more bytes a block takes, and each then stands for the more of them, the less likely it was. So the few blocks that make
/// up most of the store are in the sample, however many there are that compress to nothing. Half of the budget goes to
/// strata by their raw bytes, half in equal parts, so that small projects are seen too; of each at least one block is
/// taken.
struct KindSampling {
  private let core: StoreCore
  private let count: UsageCount
  private let budget: UInt64
  private let meter = KindMeter()
  /// By stratum, how likely a block is taken for each byte that it takes.
  private let chances: [UsageLedger.Stratum: Double]
  private(set) var costs = KindCosts()

  init(_ core: StoreCore, _ count: UsageCount, budget: UInt64) {
    self.core = core
    self.count = count
    self.budget = budget
    let sums = count.ledger.strata.filter { $0.value.rawBytes > 0 }
    let all = Double(max(1, sums.values.reduce(0) { $0 + $1.rawBytes }))
    let half = Double(budget) / 2
    chances = sums.mapValues { sum in
      let raw = Double(sum.rawBytes)
      let wanted = half * raw / all + half / Double(sums.count)
      return wanted >= raw || Double(budget) >= all ? .infinity : wanted / max(1, sum.storedTimesRaw)
    }
  }

  /// What cannot be read, or was moved meanwhile, is passed over. `advance` is told of the raw bytes looked at.
  mutating func run(_ advance: (UInt64) -> Void) throws(StoreError) {
    for pack in count.state.packs where !isFull { try sample(pack, advance) }
    // In order, so that every process takes the same sample.
    for (key, session) in count.live.sorted(by: { $0.key < $1.key }) where !isFull {
      try sample(session, of: key, advance)
    }
  }

  /// Blocks are taken whole and by chance, so the budget is not met to the byte.
  private var isFull: Bool { costs.sample.rawBytes >= budget + budget / 2 }

  /// How many blocks a block stands for, by a number that is as good as random; nil where it is not taken.
  private func weight(_ random: UInt32, _ stored: Int, _ stratum: UsageLedger.Stratum) -> Double? {
    guard stored > 0, let chance = chances[stratum], !isFull else { return nil }
    let likely = min(1, chance * Double(stored))
    if Double(random) < likely * 0x1p32 { return 1 / likely }
    // Not by chance, so it stands for itself alone.
    return costs.hasSeen(stratum) ? nil : 1
  }

  private mutating func sample(_ facts: PackFacts, _ advance: (UInt64) -> Void) throws(StoreError) {
    let tier: StoreUsage.Tier = facts.tier == .recent ? .recent : .archive
    do throws(StoreError) {
      let pack = try core.packs.pack(facts)
      let reader = try DirectoryReader(pack)
      while !isFull, let entry = try reader.next() {
        let stratum = UsageLedger.Stratum(tier: tier, project: ExactName(entry.session.project))
        for block in entry.blocks {
          guard let weight = weight(block.frameChecksum, block.stored, stratum) else { continue }
          try skippingDamage { () throws(StoreError) in
            let ndjson = try core.content(
              of: block, in: pack, dictionaries: entry.dictionaries, session: entry.session)
            let measures = try measure(ndjson, try method(of: block, in: entry, tier))
            costs.add(measures, stored: block.stored, weight: weight, to: stratum)
            advance(UInt64(ndjson.count))
          }
        }
      }
    } catch {
      guard Self.isPassedOver(error) else { throw error }
    }
  }

  private mutating func sample(
    _ session: LiveSession, of key: SessionKey, _ advance: (UInt64) -> Void
  ) throws(StoreError) {
    let stratum = UsageLedger.Stratum(tier: .live, project: ExactName(key.project))
    for part in session.parts {
      guard let journal = count.journals[part.journal.id] else { continue }
      for record in part.records {
        // Offsets are not random, the middle of their products with this is (Fibonacci hashing).
        let random = UInt32(truncatingIfNeeded: (record.offset &* 0x9E37_79B9_7F4A_7C15) >> 32)
        let stored = Int(record.payloadLength)
        guard let weight = weight(random, stored, stratum) else { continue }
        try skippingDamage { () throws(StoreError) in
          let batch = try journal.readBatch(
            at: record.offset, headLength: Int(record.headLength), payloadLength: Int(record.payloadLength))
          let measures = try measure(batch.ndjson, batch.head.flags.contains(.compressed) ? .lz4 : .none)
          costs.add(measures, stored: stored, weight: weight, to: stratum)
          advance(UInt64(batch.ndjson.count))
        }
      }
    }
  }

  private func method(
    of block: BlockEntry, in entry: SegmentEntry, _ tier: StoreUsage.Tier
  ) throws(StoreError) -> KindMeter.Method {
    switch block.codec {
    case .none: return .none
    case .zstd:
      let configuration = core.configuration
      let level = tier == .archive ? configuration.archiveLevel : configuration.recentLevel
      if block.dictionary == 0 { return .zstd(level: level, dictionary: nil) }
      return .zstd(level: level, dictionary: try core.dictionary(entry.dictionaries[block.dictionary - 1]))
    }
  }

  private func measure(
    _ ndjson: [UInt8], _ method: KindMeter.Method
  ) throws(StoreError) -> [KindCosts.Measure] {
    do throws(CodecError) { return try meter.measure(ndjson, method) } catch {
      throw StoreError(.ioFailed, "a block could not be compressed: \(error.detail)")
    }
  }

  private func skippingDamage(_ body: () throws(StoreError) -> Void) throws(StoreError) {
    do throws(StoreError) { try body() } catch {
      guard Self.isPassedOver(error) else { throw error }
    }
  }

  private static func isPassedOver(_ error: StoreError) -> Bool { error.code == .damaged || error.code == .notFound }
}
