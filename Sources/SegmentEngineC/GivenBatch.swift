internal import CSegmentEngine
internal import SegmentEngine

/// A batch as a C caller gives it, copied and checked.
struct GivenBatch: Sendable {
  let events: [UInt8]
  let key: SessionKey
  let window: String
  let batchID: String?
  let visitor: String?
  let validation: Validation
  let durability: Durability
  let origin: Origin

  init(_ pointer: UnsafePointer<segment_batch>) throws(StoreError) {
    let batch = unsafe try CallerStruct.read(pointer, over: segment_batch(), "batch")
    key = unsafe try CallerText.session(batch.project, batch.session)
    window = unsafe try CallerText.optional(batch.window, "window", limit: FormatLimits.window) ?? ""
    batchID = unsafe try CallerText.optional(batch.batch_id, "batch ID", limit: FormatLimits.batchID)
    visitor = unsafe try CallerText.optional(batch.visitor, "visitor ID", limit: FormatLimits.visitor)
    let (flags, given) = unsafe (batch.flags, batch.durability)
    try Flags.check(flags, known: UInt32(SEGMENT_SKIP_INVALID | SEGMENT_IMPORTED), "batch")
    validation = flags & UInt32(SEGMENT_SKIP_INVALID) == 0 ? .rejectBatch : .skipInvalid
    origin = flags & UInt32(SEGMENT_IMPORTED) == 0 ? .live : .imported
    switch given {
    case SEGMENT_SYNCED: durability = .synced
    case SEGMENT_BUFFERED: durability = .buffered
    default: throw .noValue("durability", given.rawValue)
    }
    let length = unsafe batch.length
    guard length >= 0, length <= FormatLimits.batchBytes else {
      throw StoreError(
        .batchTooLarge, "a batch of \(UInt(bitPattern: length)) bytes; at most \(FormatLimits.batchBytes) are taken",
        location: .init(session: key))
    }
    guard let start = unsafe batch.events else {
      guard length == 0 else { throw .isNull("events") }
      events = []
      return
    }
    events = unsafe Array(UnsafeRawBufferPointer(start: start, count: length))
  }
}

/// Tags as a C caller gives them.
enum CallerTags {
  /// By key; nil values for NULL. Throws `.invalidArgument` where there are more than 64, or one is named twice.
  static func read(_ pointer: UnsafePointer<segment_tag>?, _ count: Int) throws(StoreError) -> [String: String?] {
    if count == 0 { return [:] }
    guard count > 0, count <= FormatLimits.tags else {
      throw StoreError(
        .invalidArgument, "\(UInt(bitPattern: count)) tags; at most \(FormatLimits.tags) are allowed")
    }
    guard let pointer = unsafe pointer else { throw .isNull("tags") }
    var tags: [String: String?] = [:]
    for index in 0..<count {
      let tag = unsafe pointer[index]
      let key = unsafe try CallerText.required(tag.key, "tag key", limit: FormatLimits.tagKey)
      let value = unsafe try CallerText.optional(tag.value, "value of tag \(key)", limit: FormatLimits.tagValue)
      guard tags.updateValue(value, forKey: key) == nil else {
        throw StoreError(.invalidArgument, "tag \(key) is given twice; give each once")
      }
    }
    return tags
  }
}
