internal import SegmentFiles

/// The error numbers the engine acts on; the same on every system it runs on.
enum ErrorNumber {
  static let notPermitted: Int32 = 1
  static let notFound: Int32 = 2
  static let io: Int32 = 5
  static let accessDenied: Int32 = 13
  static let exists: Int32 = 17
  /// The names lie on different volumes.
  static let crossesVolumes: Int32 = 18
  static let tooManyLinks: Int32 = 31
  static let notDirectory: Int32 = 20
  static let noSpace: Int32 = 28
  static let readOnlyFileSystem: Int32 = 30
  #if canImport(Darwin)
    static let quota: Int32 = 69
  #else
    static let quota: Int32 = 122
  #endif
}

extension StoreError {
  /// A failed system call, in the terms of the engine.
  init(_ error: FileError, in layout: Layout) {
    let file = layout.relative(error.path)
    let location = Location(file: file)
    switch error.errno {
    case ErrorNumber.noSpace, ErrorNumber.quota:
      self.init(
        .diskFull, "the disk is full: \(error.operation) of \(file) failed; free space and repeat the call",
        location: location, errno: error.errno, isRetryable: true)
    case ErrorNumber.notFound:
      self.init(.notFound, "\(file) is not there", location: location, errno: error.errno)
    case ErrorNumber.accessDenied, ErrorNumber.notPermitted, ErrorNumber.readOnlyFileSystem:
      self.init(
        .accessDenied, "no permission: \(error.operation) of \(error.path) failed; run as the owner of the store",
        location: location, errno: error.errno)
    case ErrorNumber.notDirectory:
      self.init(
        .notAStore, "\(error.path) is not a folder; a store is a folder", location: location, errno: error.errno)
    default:
      self.init(
        .ioFailed, "\(error.operation) of \(file) failed; check the disk and the system's log", location: location,
        errno: error.errno)
    }
  }

  /// Bytes of a file that are not what they should be.
  static func damaged(
    _ what: String, file: String, offset: UInt64, length: UInt64? = nil, session: SessionKey? = nil
  ) -> StoreError {
    StoreError(
      .damaged, "\(what); run engine-tool verify, and salvage what can still be read",
      location: Location(file: file, offset: offset, length: length, session: session))
  }

  static func newerFormat(_ file: String, version: UInt16) -> StoreError {
    StoreError(
      .newerFormat,
      "\(file) is of format version \(version), this engine knows up to \(FormatVersion.newest); use a newer engine",
      location: Location(file: file))
  }
}
