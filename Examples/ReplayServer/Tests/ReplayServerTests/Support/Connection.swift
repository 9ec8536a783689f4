import NIOCore
import NIOHTTP1
import NIOPosix

/// One connection to a server of this machine, for what a client library hides: streams, and requests that are half sent.
struct Connection: Sendable {
  typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

  let channel: Channel

  static func open(port: Int) async throws -> Connection {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          return try Channel(wrappingChannelSynchronously: channel)
        }
      }
    return Connection(channel: channel)
  }

  /// Sends a request whole; the status it was answered with, nil where the server closed the connection.
  static func post(port: Int, _ path: String, _ body: [UInt8]) async throws -> Int? {
    let connection = try await open(port: port)
    return try await connection.channel.executeThenClose { inbound, outbound in
      try await outbound.write(head(.POST, path, [("Content-Length", "\(body.count)")]))
      try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body))))
      try await outbound.write(.end(nil))
      var status: Int?
      for try await part in inbound {
        if case .head(let head) = part { status = Int(head.status.code) }
        if case .end = part { return status }
      }
      return nil
    }
  }

  static func head(_ method: HTTPMethod, _ path: String, _ headers: [(String, String)] = []) -> HTTPClientRequestPart {
    .head(.init(version: .http1_1, method: method, uri: path, headers: HTTPHeaders([("Host", "localhost")] + headers)))
  }
}

/// A server-sent event.
struct ServerEvent: Sendable, Equatable {
  var id: String?
  var name: String?
  var data = ""
}

/// What a client saw of a live stream until it went away or the stream ended.
struct StreamView: Sendable {
  var status = 0
  var events: [ServerEvent] = []
  var comments = 0
  var retry: String?
  /// The server ended it.
  var isEnded = false

  /// The recording's own events.
  var recorded: [ServerEvent] { events.filter { $0.name == nil } }
  var lastID: String? { events.last { $0.id != nil }?.id }

  /// Follows until `isEnough`, then goes away in the middle of whatever comes.
  static func follow(
    port: Int, _ path: String, lastEventID: String? = nil, until isEnough: @Sendable (StreamView) async -> Bool
  ) async throws -> StreamView {
    let connection = try await Connection.open(port: port)
    return try await connection.channel.executeThenClose { inbound, outbound in
      let headers = lastEventID.map { [("Last-Event-ID", $0)] } ?? []
      try await outbound.write(Connection.head(.GET, path, headers))
      try await outbound.write(.end(nil))
      var view = StreamView()
      var rest = ""
      var event = ServerEvent()
      for try await part in inbound {
        switch part {
        case .head(let head): view.status = Int(head.status.code)
        case .body(let buffer): rest += String(buffer: buffer)
        case .end:
          view.isEnded = true
          return view
        }
        while let end = rest.firstIndex(of: "\n") {
          view.take(String(rest[..<end]), &event)
          rest.removeSubrange(...end)
          if await isEnough(view) { return view }
        }
      }
      return view
    }
  }

  private mutating func take(_ line: String, _ event: inout ServerEvent) {
    if line.isEmpty {
      if !event.data.isEmpty { events.append(event) }
      event = ServerEvent()
    } else if line.hasPrefix(":") {
      comments += 1
    } else if line.hasPrefix("id: ") {
      event.id = String(line.dropFirst(4))
    } else if line.hasPrefix("event: ") {
      event.name = String(line.dropFirst(7))
    } else if line.hasPrefix("data: ") {
      event.data += String(line.dropFirst(6))
    } else if line.hasPrefix("retry: ") {
      retry = String(line.dropFirst(7))
    }
  }
}
