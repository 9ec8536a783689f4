import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// A store on a simulated disk: everything that happens to it comes from seeds.
struct SimulatedStore {
  static let root = "/store"
  static let layout = Layout(root: root)

  let disk: SimulatedDisk
  let clock: ManualClock
  let seed: UInt64

  init(_ disk: SimulatedDisk, seed: UInt64, clock: ManualClock = ManualClock()) {
    self.disk = disk
    self.seed = seed
    self.clock = clock
  }

  /// Small limits, so that a short life sees every kind of step.
  static var configuration: Configuration {
    var configuration = Configuration()
    configuration.journalBytesAhead = 8 << 10
    configuration.recentBlockBytes = 4 << 10
    configuration.archiveBlockBytes = 16 << 10
    configuration.archiveLevel = 5
    configuration.recentHours = 0
    configuration.maintainsItself = false
    configuration.bufferedSyncInterval = 50
    return configuration
  }

  /// What a process of its own sees.
  func environment(_ process: UInt32 = 1) -> StoreEnvironment {
    StoreEnvironment(
      files: disk.process(), clock: clock, random: SeededRandomSource(seed: seed &+ UInt64(process) &* 7919),
      process: ProcessFacts(host: "simulated", process: process, started: 0))
  }

  /// Every file of the store as it is now.
  func files() throws(FileError) -> [String: [UInt8]] {
    let files = disk.process()
    var found: [String: [UInt8]] = [:]
    for folder in [Self.root] + Self.layout.folders where try files.facts(at: folder) != nil {
      for name in try files.list(folder) {
        let path = "\(folder)/\(name)"
        guard let facts = try files.facts(at: path), facts.kind == .file else { continue }
        found[path] = try files.open(path, .read).readBytes(at: 0, count: Int(facts.size))
      }
    }
    return found
  }

  func openWriter(_ process: UInt32 = 1) throws(StoreError) -> StoreWriter {
    try StoreWriter.open(Self.layout, Self.configuration, environment(process))
  }

  func openReader(_ process: UInt32 = 90, _ layout: Layout = layout) throws(StoreError) -> StoreCore {
    try StoreCore.openForReading(layout, Self.configuration, environment(process))
  }
}

extension StoreCore {
  /// A session as it came in, and whether anything of it was declared missing.
  func exported(_ key: SessionKey) throws(StoreError) -> (bytes: [UInt8], gaps: [Gap]) {
    var bytes: [UInt8] = []
    var gaps: [Gap] = []
    var stream: ArrivalStream
    do { stream = try ArrivalStream(self, key, time: nil, window: nil) } catch
      where [.notFound, .sessionErased, .sessionDropped, .sessionExpired].contains(error.code)
    {
      return ([], [])
    }
    while let chunk = try stream.next() {
      bytes += chunk.ndjson
      if let gap = chunk.gapBefore { gaps.append(gap) }
    }
    return (bytes, gaps)
  }

  func verified(deep: Bool) throws(StoreError) -> VerifyReport {
    var verifier = Verifier(self, isDeep: deep, progress: nil)
    return try verifier.run()
  }
}
