import Foundation
import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// What fails, and whether for good.
struct FaultCase: Sendable, CustomStringConvertible {
  enum Kind: String, CaseIterable, Sendable {
    case ioError, noSpace, quota, interrupted, shortWrite, lostSync, revertedSync, bitFlip, misdirected
  }

  var kind: Kind
  var times: Fault.Times

  var description: String { "\(kind.rawValue), \(times)" }

  /// Each kind, once and for good.
  static func all(_ kinds: [Kind]) -> [FaultCase] {
    kinds.flatMap { [FaultCase(kind: $0, times: .once), FaultCase(kind: $0, times: .forGood)] }
  }

  static let writing = all([.ioError, .noSpace, .quota, .interrupted, .shortWrite, .lostSync, .revertedSync])
  static let reading = all([.ioError, .bitFlip, .misdirected])

  private var fault: Fault.Kind {
    switch kind {
    case .ioError: .errno(5)
    case .noSpace: .errno(28)
    case .quota: .errno(ErrorNumber.quota)
    case .interrupted: .errno(4)
    case .shortWrite: .shortWrite
    case .lostSync: .failedSyncLosesDirtyData
    case .revertedSync: .failedSyncRevertsDirtyData
    case .bitFlip: .bitFlipOnRead
    case .misdirected: .misdirectedRead
    }
  }

  func fault(at operation: Int) -> Fault { Fault(fault, at: .ordinal(operation), times: times) }

  /// Whether every read is wrong from some operation on.
  var isLyingForGood: Bool {
    if case .once = times { return false }
    return kind == .bitFlip || kind == .misdirected
  }

  var isSync: Bool { kind == .lostSync || kind == .revertedSync }

  /// Whether it can befall an operation, by its line in the disk's log.
  func suits(_ line: String) -> Bool {
    switch kind {
    case .ioError, .noSpace, .quota, .interrupted: true
    case .shortWrite: line.hasPrefix("write ")
    case .lostSync, .revertedSync: line.hasPrefix("sync ")
    case .bitFlip, .misdirected: line.hasPrefix("read ")
    }
  }
}

/// Which operations of a life a run of the tests takes: every so many from a seeded one on, or all with
/// `SEGMENT_FAULTS=all`. `SEGMENT_FAULTS_SEED` gives others.
enum FaultChoice {
  static let takesAll = ProcessInfo.processInfo.environment["SEGMENT_FAULTS"] == "all"
  static let seed = ProcessInfo.processInfo.environment["SEGMENT_FAULTS_SEED"].flatMap(UInt64.init) ?? 1

  /// About `count` of some operations.
  static func some(_ count: Int, of operations: [Int], salt: String) -> [Int] {
    if takesAll || operations.count <= count { return operations }
    var random = SplitMix64(seed: salt.utf8.reduce(seed) { ($0 &* 31) &+ UInt64($1) })
    let step = (operations.count + count - 1) / count
    return stride(from: random.below(step), to: operations.count, by: step).map { operations[$0] }
  }
}
