import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SegmentEngine

/// Gives the events of a session as NDJSON, chunk by chunk as they are read.
struct EventRoutes: Sendable {
  let store: ReplayStore

  func add(to session: RouterGroup<BasicRequestContext>) { session.get("/events", use: events) }

  @Sendable
  private func events(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let key = try request.sessionKey(context)
    let isEnveloped = try request.flag("envelope")
    let (chunks, end) = try selection(request, key)
    var iterator = chunks.makeAsyncIterator()
    // Asked for before the answer begins, so that its status can tell what is wrong.
    let first = try await iterator.next()
    let rest = Handover(iterator)
    var response = Response(
      status: .ok, headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
      body: .init { writer in
        guard var iterator = rest.take() else { return }
        var next = first
        while let chunk = next {
          let buffer = Self.lines(of: chunk, before: end, isEnveloped)
          if buffer.readableBytes > 0 { try await writer.write(buffer) }
          do throws(StoreError) { next = try await iterator.next() } catch {
            // The answer breaks off without its end, which is how the client learns of it.
            context.logger.error("events broke off", metadata: ["session": "\(key)", "error": "\(error)"])
            throw error
          }
        }
        try await writer.finish(nil)
      })
    if let gap = first?.gapBefore { response.headers[.replayGap] = gap.reason.name }
    return response
  }

  /// What is asked for, and the time before which it ends where the engine does not end it itself.
  private func selection(_ request: Request, _ key: SessionKey) throws -> (EventChunks, end: Timestamp?) {
    let window = request.text("window")
    let isFromKeyframe = try request.flag("from-keyframe")
    if let after: Cursor = try request.value("after", "a cursor") {
      return (store.events(in: key, after: after), nil)
    }
    var at: PlaybackTime?
    if request.text("at") == "start" { at = .start } else if let time = try request.time("at") { at = .at(time) }
    if at != nil || isFromKeyframe {
      let from = try request.time("from").map { PlaybackTime.at($0) }
      return (store.playback(of: key, at: at ?? from ?? .start, window: window), try request.time("to"))
    }
    let order: EventOrder
    switch request.text("order") {
    case nil, "arrival": order = .arrival
    case "time": order = .time
    default: throw APIError.badRequest("order is arrival or time")
    }
    return (store.events(in: key, time: try request.timeRange(), window: window, order: order), nil)
  }

  private static func lines(of chunk: EventChunk, before end: Timestamp?, _ isEnveloped: Bool) -> ByteBuffer {
    if end == nil, !isEnveloped { return ByteBuffer(bytes: chunk.ndjson) }
    var buffer = ByteBuffer()
    buffer.reserveCapacity(chunk.ndjson.count + (isEnveloped ? chunk.count * 64 : 0))
    for info in chunk.events {
      if let end, let time = info.timestamp, time >= end { continue }
      if isEnveloped {
        Envelope.write(info, of: chunk, to: &buffer)
      } else {
        buffer.writeBytes(chunk.ndjson[info.bytes])
      }
      buffer.writeStaticString("\n")
    }
    return buffer
  }
}

extension Gap.Reason {
  /// As programs are told.
  var name: String {
    switch self {
    case .lost: "lost"
    case .startsLater: "startsLater"
    case .noKeyframe: "noKeyframe"
    }
  }
}
