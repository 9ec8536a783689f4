/// A lock that an open file holds. The kernel drops it when the file is closed, at the latest with the process.
final class POSIXFileLock: FileLock {
  private let opened: POSIXFile

  var file: any StorageFile { opened }

  /// Takes over a file that has its lock.
  init(_ locked: POSIXFile) {
    opened = locked
  }

  deinit {
    release()
  }

  func release() {
    // Said and not left to the closing: a child between fork and exec still has the file open. When the file is
    // closed already the lock is gone, so a failure means nothing.
    try? opened.dropLock()
    opened.close()
  }
}
