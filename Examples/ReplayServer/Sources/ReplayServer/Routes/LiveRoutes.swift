import AsyncAlgorithms
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SegmentEngine
import ServiceLifecycle

/// Follows a session: what is stored, then what arrives, as server-sent events.
struct LiveRoutes: Sendable {
  let store: ReplayStore
  let streams: RoomFor
  let heartbeat: Duration
  let retryMilliseconds: Int

  func add(to session: RouterGroup<BasicRequestContext>) { session.get("/live", use: live) }

  private enum Step: Sendable {
    case chunk(EventChunk)
    case beat
  }

  @Sendable
  private func live(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let key = try request.sessionKey(context)
    let seen = try Self.lastEventID(request)
    let after = try seen ?? request.value("after", "a cursor")
    // Who asks again goes on behind what it has seen.
    let isFromKeyframe = try seen == nil && request.flag("from-keyframe")
    let isEnveloped = try request.flag("envelope")
    guard let place = streams.enter() else {
      throw APIError(.serviceUnavailable, "overloaded", "too many follow recordings now", retryAfter: 10)
    }
    // Its status tells what is wrong; a stream that has begun could not, and would be asked for again and again.
    var there = store.events(in: key, after: after, fromKeyframe: isFromKeyframe).makeAsyncIterator()
    _ = try await there.next()
    let tail = store.tail(key, after: after, fromKeyframe: isFromKeyframe)
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/event-stream", .cacheControl: "no-store",
        .accelBuffering: "no",
      ],
      body: .init { writer in
        defer { withExtendedLifetime(place) {} }
        try await request.body.consumeWithCancellationOnInboundClose { _ in
          try await follow(tail, isEnveloped, &writer)
        }
        try await writer.finish(nil)
      })
  }

  /// Ends when the session is finished or gone, or the server is stopped; throws where the client is gone.
  private func follow(
    _ tail: SessionTail, _ isEnveloped: Bool, _ writer: inout any ResponseBodyWriter
  ) async throws {
    try await writer.write(EventStream.retry(milliseconds: retryMilliseconds))
    // Both are asked for one element at a time: who reads slowly is waited for.
    let steps = merge(
      tail.map { Step.chunk($0) }, AsyncTimerSequence(interval: heartbeat, clock: .continuous).map { _ in Step.beat }
    ).cancelOnGracefulShutdown()
    do {
      for try await step in steps {
        switch step {
        case .beat: try await writer.write(EventStream.heartbeat)
        case .chunk(let chunk):
          try await send(chunk, isEnveloped, &writer)
          if let finished = chunk.finished {
            try await writer.write(EventStream.finished(finished))
            return
          }
        }
      }
    } catch let error as StoreError {
      if let notice = EventStream.failed(error) { try await writer.write(notice) }
    }
  }

  private func send(_ chunk: EventChunk, _ isEnveloped: Bool, _ writer: inout any ResponseBodyWriter) async throws {
    if let gap = chunk.gapBefore { try await writer.write(EventStream.gap(gap)) }
    var buffer = ByteBuffer()
    for info in chunk.events {
      EventStream.write(info, of: chunk, isEnveloped: isEnveloped, to: &buffer)
      if buffer.readableBytes >= EventStream.writeBytes {
        try await writer.write(buffer)
        buffer = ByteBuffer()
      }
    }
    if buffer.readableBytes > 0 { try await writer.write(buffer) }
  }

  /// It goes before the query, which stays the same when `EventSource` asks again.
  private static func lastEventID(_ request: Request) throws -> Cursor? {
    guard let header = request.headers[.lastEventID], !header.isEmpty else { return nil }
    guard let cursor = Cursor(header) else { throw APIError.badRequest("Last-Event-ID is not a cursor") }
    return cursor
  }
}
