import SegmentEngine

/// What gzip -6 would have taken, each session one file.
struct GzipEstimate {
  /// What was compressed of a project.
  struct Sample: Sendable {
    var sessions: UInt64 = 0
    var rawBytes: UInt64 = 0
    var gzipBytes: UInt64 = 0
  }

  /// Bytes for everything; nil where nothing could be compressed.
  private(set) var bytes: UInt64?
  /// Bytes by project, in the order of the usage's.
  private(set) var projects: [UInt64?]
  /// What it rests on.
  private(set) var sample = Sample()
  /// True where every session was compressed.
  private(set) var isExact: Bool

  /// Scales what the samples took up to all raw bytes, project by project; one without a sample is taken for as compressible
  /// as the others. `samples` is in the order of the usage's projects.
  init(_ usage: StoreUsage, _ samples: [Sample], isExact: Bool) {
    let all = samples.reduce(into: Sample()) { $0.add($1) }
    projects = zip(usage.projects.groups, samples).map { group, own in
      let raw = group.share.rawBytes
      if raw == 0 { return 0 }
      if isExact { return own.gzipBytes }
      guard let rate = own.rate ?? all.rate else { return nil }
      return UInt64((Double(raw) * rate).rounded())
    }
    let known = projects.compactMap { $0 }
    bytes = known.count == projects.count ? known.reduce(0, +) : nil
    sample = all
    self.isExact = isExact && bytes != nil
  }

  /// Exports and compresses about `sampleBytes` of NDJSON; nil for 0. Which sessions are taken depends on their names
  /// alone; half of the budget goes to projects by their raw bytes, half in equal parts, and each has one at least.
  static func measure(_ store: ReplayStore, _ usage: StoreUsage, sampleBytes: UInt64) async throws -> GzipEstimate? {
    guard sampleBytes > 0 else { return nil }
    let groups = usage.projects.groups
    let progress = Progress("gzip -6")
    defer { progress.hide() }
    let total = min(sampleBytes, usage.overall.rawBytes)
    var samples = [Sample](repeating: Sample(), count: groups.count)
    var isExact = true
    var query = SessionQuery(project: usage.project, limit: 1_000)
    repeat {
      let page = try await store.sessions(query)
      for session in page.sessions where session.rawBytes > 0 {
        let name = session.key.project
        let taken = samples.reduce(0) { $0 + $1.rawBytes }
        guard let place = groups.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }),
          taken < sampleBytes + sampleBytes / 2,
          samples[place].sessions == 0
            || chance(session.key) < part(of: groups[place].share, usage, sampleBytes, projects: groups.count)
        else {
          isExact = false
          continue
        }
        samples[place].add(try await compress(session.key, store) { progress.set(min(taken + $0, total), of: total) })
      }
      query.after = page.next
    } while query.after != nil
    return GzipEstimate(usage, samples, isExact: isExact)
  }

  /// The part of a project's sessions that is taken.
  private static func part(
    of share: UsageShare, _ usage: StoreUsage, _ sampleBytes: UInt64, projects: Int
  ) -> Double {
    let half = Double(sampleBytes) / 2
    let raw = Double(max(1, share.rawBytes))
    return (half * raw / Double(max(1, usage.overall.rawBytes)) + half / Double(max(1, projects))) / raw
  }

  /// A number from 0 to 1 that a name always gives (FNV-1a, its bits mixed).
  private static func chance(_ key: SessionKey) -> Double {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in Array(key.project.utf8) + [0xFF] + Array(key.id.utf8) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    hash = (hash ^ hash >> 32) &* 0x9E37_79B9_7F4A_7C15
    return Double(hash >> 32) / 0x1p32
  }

  private static func compress(
    _ key: SessionKey, _ store: ReplayStore, _ advance: (UInt64) -> Void
  ) async throws -> Sample {
    let gzip = try GzipSize(level: 6)
    var sample = Sample(sessions: 1)
    for try await chunk in store.events(in: key) {
      sample.rawBytes += UInt64(chunk.ndjson.count)
      sample.gzipBytes += try gzip.add(chunk.ndjson)
      advance(sample.rawBytes)
    }
    sample.gzipBytes += try gzip.finish()
    return sample
  }
}

extension GzipEstimate.Sample {
  mutating func add(_ other: Self) {
    sessions += other.sessions
    rawBytes += other.rawBytes
    gzipBytes += other.gzipBytes
  }

  fileprivate var rate: Double? { rawBytes == 0 ? nil : Double(gzipBytes) / Double(rawBytes) }
}
