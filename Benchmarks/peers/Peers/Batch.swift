/// A session of the work. Its day stands for when it was received: day 0 is the oldest.
public struct SessionRef: Sendable, Hashable {
  public var day: Int
  public var id: String

  public init(day: Int, id: String) {
    self.day = day
    self.id = id
  }
}

/// What a recorder's flush delivered, with what a server that posts it knows of it. Times and keyframes are found before any
/// measuring begins: peers get them for nothing.
public struct Batch: Sendable {
  public var session: SessionRef
  /// Place in the session, from 0.
  public var number: Int
  public var window: String
  /// When it is received, milliseconds since 1970; within its session's day.
  public var received: Int64
  /// Earliest and latest time of its events, milliseconds since 1970, as the recorder gave them.
  public var first: Int64
  public var last: Int64
  public var events: Int
  /// Time of the last FullSnapshot in it; nil where it has none.
  public var keyframe: Int64?
  /// NDJSON, each line with its newline.
  public var bytes: [UInt8]

  public init(
    session: SessionRef, number: Int, window: String, received: Int64, first: Int64, last: Int64, events: Int,
    keyframe: Int64?, bytes: [UInt8]
  ) {
    self.session = session
    self.number = number
    self.window = window
    self.received = received
    self.first = first
    self.last = last
    self.events = events
    self.keyframe = keyframe
    self.bytes = bytes
  }
}
