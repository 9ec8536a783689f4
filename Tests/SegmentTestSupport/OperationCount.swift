package import SegmentFiles
internal import Synchronization

/// How often a disk was asked for an operation since this was made, or until its faults are removed.
package final class OperationCount: Sendable {
  private let count = Mutex(0)

  /// Counts an operation on paths that contain `part`.
  package init(of wanted: FileError.Operation, at part: String, on disk: SimulatedDisk) {
    // A fault that never comes is asked each time whether it does.
    disk.inject(
      Fault(
        .errno(5),
        at: .matching { [self] operation, path in
          if operation == wanted, path.contains(part) { count.withLock { $0 += 1 } }
          return false
        }, times: .forGood))
  }

  package var value: Int { count.withLock { $0 } }
}
