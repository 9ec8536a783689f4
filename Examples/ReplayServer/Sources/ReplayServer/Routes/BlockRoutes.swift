import HTTPTypes
import Hummingbird
import NIOCore
import SegmentEngine

/// Hands out blocks as they are stored, for clients that decode them themselves.
struct BlockRoutes: Sendable {
  let store: ReplayStore

  /// What is named by its content stays as it is; it is one visitor's, so no shared cache may keep it.
  private static let immutable = "private, max-age=31536000, immutable"

  func add(to session: RouterGroup<BasicRequestContext>) {
    session.get("/blocks", use: list)
    session.get("/blocks/{block}", use: block)
  }

  func addDictionaries(to group: RouterGroup<BasicRequestContext>) {
    group.get("/dictionaries/{dictionary}", use: dictionary)
  }

  private struct BlockList: Encodable {
    struct Block: Encodable {
      var id: String
      var href: String
      var length: Int
      var rawLength: Int
      var codec: String
      var dictionary: String?
      var dictionaryHref: String?
      var firstSequence: UInt64
      var events: Int
      var keyframes: Int
      var from: Double?
      var to: Double?
    }
    var blocks: [Block]
    var liveFrom: UInt64?
  }

  @Sendable
  private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let ranges = try await store.byteRanges(in: try request.sessionKey(context), time: try request.timeRange())
    // Beside this very address, however the server is reached; the query, which may hold a token, is not repeated.
    let folder = request.uri.path
    let blocks = ranges.blocks.map { block in
      BlockList.Block(
        id: block.id.description, href: "\(folder)/\(block.id)", length: block.length, rawLength: block.rawLength,
        codec: block.codec, dictionary: block.dictionary?.description,
        dictionaryHref: block.dictionary.map { "/v1/dictionaries/\($0)" }, firstSequence: block.firstSequence,
        events: block.events, keyframes: block.keyframes, from: block.time?.lowerBound.millisecondsSince1970,
        to: block.time?.upperBound.millisecondsSince1970)
    }
    return .json(BlockList(blocks: blocks, liveFrom: ranges.liveFrom))
  }

  @Sendable
  private func block(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let key = try request.sessionKey(context)
    guard let id = BlockID(try request.part("block", context)) else {
      throw APIError(.notFound, "notFound", "that is not the name of a block")
    }
    let block = try await store.storedBlock(id, of: key)
    var headers: HTTPFields = [
      .contentType: block.codec == "zstd" ? "application/zstd" : "application/x-ndjson",
      .cacheControl: Self.immutable, .replayRawLength: String(block.rawLength),
    ]
    if let dictionary = block.dictionary { headers[.replayDictionary] = dictionary.description }
    return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: block.bytes)))
  }

  @Sendable
  private func dictionary(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    guard let id = DictionaryID(try request.part("dictionary", context)) else {
      throw APIError(.notFound, "notFound", "that is not the name of a dictionary")
    }
    let bytes = try await store.dictionary(id)
    return Response(
      status: .ok, headers: [.contentType: "application/octet-stream", .cacheControl: Self.immutable],
      body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
