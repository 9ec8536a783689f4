/// A session's events in order of time, all of them or a range: playback that starts at the first event and needs no
/// keyframe.
struct TimeStream: ChunkStream {
  private var playback: PlaybackStream

  init(_ core: StoreCore, _ key: SessionKey, time: Range<Double>?, window: String?) throws(StoreError) {
    playback = try PlaybackStream(core, key, everythingIn: time, window: window)
  }

  package var isAtEnd: Bool { playback.isAtEnd }

  package mutating func next() throws(StoreError) -> EventChunk? { try playback.next() }
}
