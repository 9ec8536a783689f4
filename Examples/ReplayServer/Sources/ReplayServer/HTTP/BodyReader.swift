import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the body of a request, plain or gzip, and never keeps more of it than is allowed.
struct BodyReader: Sendable {
  /// Bytes at most, as sent and as decompressed.
  let limit: Int
  /// How long a body may take to come; one that stops coming is cut off sooner, as an idle connection.
  var patience = Duration.seconds(60)

  /// Media types a batch may be sent as: those of JSON, and those that a beacon or a request without preflight can have.
  private static let types: Set<String> = [
    "application/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/octet-stream",
    "text/plain",
  ]

  func checkType(_ request: Request) throws {
    guard let header = request.headers[.contentType] else { return }
    let type = header.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    guard Self.types.contains(type) else {
      throw APIError(
        .unsupportedMediaType, "unsupportedMediaType",
        "a batch is sent as application/json, application/x-ndjson or text/plain")
    }
  }

  func read(_ request: Request) async throws -> [UInt8] {
    if let length = request.headers[.contentLength].flatMap(Int.init), length > limit { throw tooLarge }
    switch request.headers[.contentEncoding]?.lowercased() {
    case nil, "", "identity": return try await readPlain(request)
    case "gzip", "x-gzip": return try await readCompressed(request)
    case let other?:
      throw APIError(
        .unsupportedMediaType, "unsupportedEncoding", "bodies may be plain or gzip, not \(other.prefix(40))")
    }
  }

  private func readPlain(_ request: Request) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    let end = ContinuousClock.now + patience
    for try await buffer in request.body {
      try check(end)
      guard bytes.count + buffer.readableBytes <= limit else { throw tooLarge }
      bytes += buffer.readableBytesView
    }
    return bytes
  }

  private func readCompressed(_ request: Request) async throws -> [UInt8] {
    do {
      let gunzip = try Gunzip(limit: limit)
      var taken = 0
      let end = ContinuousClock.now + patience
      for try await buffer in request.body {
        try check(end)
        taken += buffer.readableBytes
        guard taken <= limit else { throw tooLarge }
        try gunzip.push(Array(buffer.readableBytesView))
      }
      return try gunzip.finish()
    } catch let failure as Gunzip.Failure {
      switch failure {
      case .tooLarge: throw tooLarge
      case .broken: throw APIError(.badRequest, "invalidEncoding", "the body is not gzip, or ends too soon")
      case .noMemory: throw APIError(.serviceUnavailable, "overloaded", "there is no memory for it now", retryAfter: 5)
      }
    }
  }

  /// Who sends byte by byte would keep others out.
  private func check(_ end: ContinuousClock.Instant) throws {
    guard ContinuousClock.now > end else { return }
    throw APIError(.requestTimeout, "tooSlow", "the body took more than \(patience) to come; send it in parts")
  }

  private var tooLarge: APIError {
    APIError(.contentTooLarge, "batchTooLarge", "a body of more than \(limit) bytes; send it in parts")
  }
}
