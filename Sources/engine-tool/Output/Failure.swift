import SegmentEngine

/// What the tool's exit status says, besides 0.
enum ExitStatus: Int32, Sendable {
  /// Damage, or findings of another kind.
  case findings = 1
  /// No such store, session or file.
  case notFound = 3
  /// It could not be done: failed, locked, full.
  case failed = 4
  /// The command line is wrong.
  case usage = 64
}

/// An error that ends the command: its exit status, and a message for people.
struct Failure: Error {
  var status: ExitStatus
  var message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  init(_ error: StoreError) {
    self.init(Self.status(of: error.code), error.description)
  }

  /// The failure that an error of the tool or of the engine means; nil for others.
  init?(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as StoreError: self.init(error)
    default: return nil
    }
  }

  static func status(of code: StoreError.Code) -> ExitStatus {
    switch code {
    case .notFound, .sessionErased, .sessionDropped, .sessionExpired: .notFound
    case .invalidArgument, .invalidPolicy: .usage
    case .damaged: .findings
    default: .failed
    }
  }
}

/// Thrown where nobody reads standard output any more (`engine-tool export ... | head`): no error, but the end.
struct OutputClosed: Error {}

extension Failure: CustomStringConvertible {
  /// The message: ArgumentParser shows it for arguments that cannot be read.
  var description: String { message }
}
