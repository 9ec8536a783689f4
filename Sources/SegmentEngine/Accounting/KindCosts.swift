/// What a sample of blocks showed of which kinds of events their stored bytes are due to, and the estimate for all
/// blocks that follows from it.
struct KindCosts {
  /// Events of one kind in a block.
  struct Measure {
    var kind: EventKind
    var rawBytes: Int
    /// What they take compressed apart from those of other kinds.
    var bytes: Int
  }

  /// What the sampled blocks stand for, of one kind of event.
  struct Sum {
    var rawBytes = 0.0
    var storedBytes = 0.0
  }

  private var strata: [UsageLedger.Stratum: [EventKind: Sum]] = [:]
  private(set) var sample = StoreUsage.Sample()

  func hasSeen(_ stratum: UsageLedger.Stratum) -> Bool { strata[stratum] != nil }

  /// Enters a block that takes `stored` bytes and stands for `weight` blocks like it. Its stored bytes are shared out to
  /// kinds by what each takes apart.
  mutating func add(_ measures: [Measure], stored: Int, weight: Double, to stratum: UsageLedger.Stratum) {
    var sums = strata.removeValue(forKey: stratum) ?? [:]
    let whole = Double(max(1, measures.reduce(0) { $0 + $1.bytes }))
    for measure in measures {
      let part = Double(measure.bytes) / whole
      sums[measure.kind, default: Sum()].rawBytes += weight * Double(measure.rawBytes)
      sums[measure.kind, default: Sum()].storedBytes += weight * Double(stored) * part
      sample.rawBytes += UInt64(measure.rawBytes)
    }
    sample.blocks += 1
    strata[stratum] = sums
  }

  /// Stored bytes by kind. In each stratum its stored bytes, which are known, are shared out as in its sample; so all
  /// estimates add up to all stored bytes. A kind that the sample lacks is weighed by its raw bytes, which are known too,
  /// as in the same tier, or else as anywhere, or else like the rest of the stratum.
  func estimates(_ sums: [UsageLedger.Stratum: UsageLedger.StratumSum]) -> [EventKind: UInt64] {
    var byTier: [StoreUsage.Tier: [EventKind: Sum]] = [:]
    var all: [EventKind: Sum] = [:]
    // In order, so that the same store always gives the same digits.
    for (stratum, found) in strata.sorted(by: { $0.key < $1.key }) {
      for (kind, sum) in found {
        byTier[stratum.tier, default: [:]][kind, default: Sum()].add(sum)
        all[kind, default: Sum()].add(sum)
      }
    }
    var shares: [EventKind: Double] = [:]
    var total: UInt64 = 0
    for (stratum, known) in sums.sorted(by: { $0.key < $1.key }) where known.storedBytes > 0 {
      let own = strata[stratum] ?? [:]
      let mean = own.sorted { $0.key < $1.key }.reduce(into: Sum()) { $0.add($1.value) }.rate ?? 1
      var weights: [(kind: EventKind, weight: Double)] = []
      for (kind, sum) in known.kinds.sorted(by: { $0.key < $1.key }) {
        if let found = own[kind], found.storedBytes > 0 {
          weights.append((kind, found.storedBytes))
        } else {
          let rate = byTier[stratum.tier]?[kind]?.rate ?? all[kind]?.rate ?? mean
          weights.append((kind, Double(sum.rawBytes) * rate))
        }
      }
      let whole = weights.reduce(0) { $0 + $1.weight }
      guard whole > 0 else { continue }
      total += known.storedBytes
      for (kind, weight) in weights { shares[kind, default: 0] += Double(known.storedBytes) * weight / whole }
    }
    return Self.rounded(shares, to: total)
  }

  /// Whole numbers that add up to `total`, each off by less than one byte.
  private static func rounded(_ shares: [EventKind: Double], to total: UInt64) -> [EventKind: UInt64] {
    var rounded: [EventKind: UInt64] = [:]
    var sum = 0.0
    var given: UInt64 = 0
    let ordered = shares.sorted { $0.key < $1.key }
    for (place, share) in ordered.enumerated() {
      sum += share.value
      let upTo = place == ordered.count - 1 ? total : max(given, min(total, UInt64(max(0, sum.rounded()))))
      rounded[share.key] = upTo - given
      given = upTo
    }
    return rounded
  }
}

extension KindCosts.Sum {
  fileprivate mutating func add(_ other: Self) {
    rawBytes += other.rawBytes
    storedBytes += other.storedBytes
  }

  /// Stored bytes for a raw byte; nil where nothing was seen.
  fileprivate var rate: Double? { rawBytes > 0 && storedBytes > 0 ? storedBytes / rawBytes : nil }
}
