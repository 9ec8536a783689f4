import HTTPTypes
import SegmentEngine

extension HTTPResponse.Status {
  /// The store has no room. The status is WebDAV's, and the one that says it.
  static let insufficientStorage = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
}

extension APIError {
  /// What a client is told of an error of the store. Codes and messages are the engine's; what only the operator can do
  /// something about is not shown, since it may name files.
  init(_ error: StoreError) {
    let (status, retryAfter) = Self.answer(to: error)
    let isOurs = status.code == 500
    self.init(
      status, error.code.description,
      isOurs ? "the store cannot do this now; the server's log says why" : error.message, retryAfter: retryAfter)
  }

  private static func answer(to error: StoreError) -> (HTTPResponse.Status, retryAfter: Int?) {
    switch error.code {
    case .invalidArgument: (.badRequest, nil)
    case .invalidEvents, .emptyBatch, .invalidPolicy: (.unprocessableContent, nil)
    case .eventTooLarge, .batchTooLarge: (.contentTooLarge, nil)
    case .batchConflict, .conflict: (.conflict, nil)
    case .notFound: (.notFound, nil)
    case .sessionDropped, .sessionExpired, .sessionErased, .blockGone: (.gone, nil)
    case .diskFull: (.insufficientStorage, 30)
    case .budgetExceeded: (.insufficientStorage, 60)
    case .overloaded, .cancelled: (.serviceUnavailable, 1)
    case .closed, .locked: (.serviceUnavailable, 5)
    case .clockAhead: (.serviceUnavailable, nil)
    default: (.internalServerError, nil)
    }
  }
}
