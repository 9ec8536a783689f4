import HTTPTypes
import Hummingbird
import NIOCore
import SegmentEngine

/// Where browsers send to.
struct IngestRoutes: Sendable {
  let store: ReplayStore
  let body: BodyReader
  let uploads: RoomFor

  func add(to group: RouterGroup<BasicRequestContext>) {
    group.post("/batches", use: append)
    group.post("/finish", use: finish)
  }

  private struct Receipt: Encodable {
    struct Rejected: Encodable {
      var event: Int
      var offset: Int
      var reason: String
    }
    var first: String
    var last: String?
    var events: Int
    var received: Double
    var duplicate: Bool
    var rejected: [Rejected]

    init(_ receipt: AppendReceipt) {
      first = receipt.first.description
      last = receipt.last?.description
      events = receipt.events
      received = receipt.received.millisecondsSince1970
      duplicate = receipt.isDuplicate
      rejected = receipt.rejected.map { Rejected(event: $0.ordinal, offset: $0.byteOffset, reason: $0.reason) }
    }
  }

  @Sendable
  private func append(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let key = try request.sessionKey(context)
    let skipsInvalid = try request.flag("skip-invalid")
    try body.checkType(request)
    guard let place = uploads.enter() else {
      throw APIError(
        .tooManyRequests, "tooManyUploads", "too many batches are on their way; send it again", retryAfter: 1)
    }
    defer { withExtendedLifetime(place) {} }
    let batch = try await body.read(request)
    let receipt = try await store.append(
      batch, to: key, window: request.text("window") ?? "",
      batchID: request.headers[.batchID] ?? request.text("batch"), visitor: request.text("visitor"),
      validation: skipsInvalid ? .skipInvalid : .rejectBatch)
    return .json(Receipt(receipt))
  }

  @Sendable
  private func finish(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    try await store.finish(try request.sessionKey(context))
    return Response(status: .noContent)
  }
}
