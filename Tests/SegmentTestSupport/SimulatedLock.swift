import SegmentFiles

/// A lock of a simulated process. It goes with its open file, as the locks of POSIX do.
final class SimulatedLock: FileLock {
  private let opened: SimulatedFile

  var file: any StorageFile { opened }

  init(_ locked: SimulatedFile) {
    opened = locked
  }

  deinit {
    release()
  }

  func release() {
    opened.close()
  }
}
