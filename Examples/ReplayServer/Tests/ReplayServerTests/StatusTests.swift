import HTTPTypes
import Hummingbird
import SegmentEngine
import Testing

@testable import ReplayServer

@Suite("Every error of the store has a status that tells what to do")
struct StatusTests {
  private static let answers: [(StoreError.Code, Int, retryAfter: Int?)] = [
    (.invalidArgument, 400, nil), (.invalidEvents, 422, nil), (.emptyBatch, 422, nil), (.eventTooLarge, 413, nil),
    (.batchTooLarge, 413, nil), (.batchConflict, 409, nil), (.invalidPolicy, 422, nil), (.notFound, 404, nil),
    (.notAStore, 500, nil), (.newerFormat, 500, nil), (.locked, 503, 5), (.networkFileSystem, 500, nil),
    (.accessDenied, 500, nil), (.wrongMode, 500, nil), (.diskFull, 507, 30), (.overloaded, 503, 1),
    (.ioFailed, 500, nil), (.damaged, 500, nil), (.conflict, 409, nil), (.sessionDropped, 410, nil),
    (.sessionExpired, 410, nil), (.sessionErased, 410, nil), (.blockGone, 410, nil), (.budgetExceeded, 507, 60),
    (.clockAhead, 503, nil), (.isSnapshot, 500, nil), (.closed, 503, 5), (.cancelled, 503, 1),
  ]

  @Test("Status, code and Retry-After", arguments: answers.indices)
  func answer(_ index: Int) {
    let (code, status, retryAfter) = Self.answers[index]
    let told = APIError(StoreError(code, "what failed in /var/lib/replay"))
    #expect(told.status.code == status && told.code == code.description && told.retryAfter == retryAfter)
    // What is the operator's may name files, and is in the log.
    #expect(told.message.contains("/var/lib") == (status != 500))
    #expect(told.response.status.code == status)
    #expect(told.response.headers[.retryAfter] == retryAfter.map(String.init))
  }
}
