internal import Logging
package import SegmentFiles

/// What the engine stands on: files, clock, randomness; real in life, simulated in tests.
package struct StoreEnvironment: Sendable {
  package var files: any FileSystem
  package var clock: any EngineClock
  package var random: any RandomSource
  /// Who we are, for lock records.
  package var process: ProcessFacts

  package init(files: any FileSystem, clock: any EngineClock, random: any RandomSource, process: ProcessFacts) {
    self.files = files
    self.clock = clock
    self.random = random
    self.process = process
  }

  func newIdentifier() -> Identifier { Identifier(high: random.next(), low: random.next()) }
}

/// A process, as lock records name it.
package struct ProcessFacts: Sendable, Hashable {
  package var host: String
  package var process: UInt32
  /// When it started, milliseconds since 1970.
  package var started: Double
  /// User it runs as; nil where owners of files are of no concern.
  package var user: UInt32?

  package init(host: String, process: UInt32, started: Double, user: UInt32? = nil) {
    self.host = host
    self.process = process
    self.started = started
    self.user = user
  }
}

extension FileSystem {
  /// Runs a call and turns its failure into the engine's terms.
  func attempt<T>(_ layout: Layout, _ body: (any FileSystem) throws(FileError) -> T) throws(StoreError) -> T {
    do { return try body(self) } catch { throw StoreError(error, in: layout) }
  }
}

/// Runs calls on files and turns a failure into the engine's terms.
func inStore<T: ~Copyable>(_ layout: Layout, _ body: () throws(FileError) -> T) throws(StoreError) -> T {
  do { return try body() } catch { throw StoreError(error, in: layout) }
}
