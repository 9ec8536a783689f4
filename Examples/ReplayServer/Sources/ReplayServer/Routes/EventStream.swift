import NIOCore
import SegmentEngine

/// The text of server-sent events. An event of a recording is one line of JSON without line breaks, so it is one `data`
/// line, byte for byte.
enum EventStream {
  /// How the text of one write grows to at most about this before it is sent, so that a slow client is waited for.
  static let writeBytes = 64 << 10

  static func retry(milliseconds: Int) -> ByteBuffer { ByteBuffer(string: "retry: \(milliseconds)\n\n") }

  /// A comment: it keeps connections open, and shows where they are gone.
  static let heartbeat = ByteBuffer(string: ":\n\n")

  static func write(_ info: EventInfo, of chunk: EventChunk, isEnveloped: Bool, to buffer: inout ByteBuffer) {
    buffer.writeStaticString("id: ")
    buffer.writeString(info.cursor.description)
    buffer.writeStaticString("\ndata: ")
    if isEnveloped {
      Envelope.write(info, of: chunk, to: &buffer)
    } else {
      buffer.writeBytes(chunk.ndjson[info.bytes])
    }
    buffer.writeStaticString("\n\n")
  }

  /// Something about the stream rather than of it. It has no ID: what comes after it is asked for again with it.
  static func notice(_ name: String, _ value: some Encodable) -> ByteBuffer {
    var buffer = ByteBuffer(string: "event: \(name)\ndata: ")
    buffer.writeBytes(JSONLine.encode(value) ?? Array("{}".utf8))
    buffer.writeStaticString("\n\n")
    return buffer
  }

  static func gap(_ gap: Gap) -> ByteBuffer {
    struct Body: Encodable {
      var reason: String
      var from: UInt64?
      var to: UInt64?
      var message: String
    }
    return notice(
      "gap",
      Body(
        reason: gap.reason.name, from: gap.sequences?.lowerBound, to: gap.sequences?.upperBound, message: gap.message))
  }

  static func finished(_ time: Timestamp) -> ByteBuffer {
    struct Body: Encodable { var finished: Double }
    return notice("finished", Body(finished: time.millisecondsSince1970))
  }

  /// Nil where the client should simply ask again.
  static func failed(_ error: StoreError) -> ByteBuffer? {
    struct Body: Encodable {
      var code: String
      var message: String
    }
    let told = APIError(error)
    let body = Body(code: told.code, message: told.message)
    switch error.code {
    case .sessionErased: return notice("erased", body)
    case .sessionDropped, .sessionExpired, .notFound: return notice("gone", body)
    case .closed, .cancelled, .overloaded: return nil
    default: return notice("failed", body)
    }
  }
}
