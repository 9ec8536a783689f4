/// A decoder under test: what it is given is whatever the fuzzer thinks of, and whatever that is it must neither trap nor
/// take memory out of proportion, and what it accepts must hold together.
struct FuzzTarget: Sendable {
  var name: String
  var seeds: @Sendable () -> [[UInt8]]
  var run: @Sendable ([UInt8]) -> Void

  static let all: [FuzzTarget] = [
    ScannerTargets.scanner, ScannerTargets.probe, JournalTargets.record, JournalTargets.headers, JournalTargets.scan,
    CatalogTargets.edits, CatalogTargets.pages, PackTargets.headers, PackTargets.entry, PackFileTarget.target,
    FileTargets.gone, FileTargets.dictionary, FileTargets.policy, CodecTargets.lz4, CodecTargets.zstd,
  ]
}

/// Ends the process, which the fuzzer takes for a crash, where something does not hold.
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
  if !condition { fatalError(what()) }
}

/// The value, or nil where the bytes were refused: the only two ways out of a decoder.
func accepted<Value>(_ body: () throws -> Value) -> Value? { try? body() }
