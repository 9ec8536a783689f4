/// A session's events in order of time, all of them or a range: playback that starts at the first event and needs no
/// keyframe.
struct TimeStream: ChunkStream {
  private var playback: PlaybackStream
  private let time: Range<Double>?

  init(_ core: StoreCore, _ key: SessionKey, time: Range<Double>?, window: String?) throws(StoreError) {
    playback = try PlaybackStream(core, key, everythingIn: time, window: window)
    self.time = time
  }

  mutating func next() throws(StoreError) -> EventChunk? {
    while let chunk = try playback.next() {
      guard let time else { return chunk }
      var ndjson: [UInt8] = []
      var runs = EventRuns()
      for event in chunk.events {
        guard let stamp = event.timestamp, time.contains(stamp.millisecondsSince1970) else { continue }
        ndjson += chunk.ndjson[event.bytes.lowerBound..<event.bytes.upperBound + 1]
        runs.append(sequence: event.sequence, count: 1, epoch: event.epoch, window: event.window)
      }
      if runs.count > 0 || chunk.gapBefore != nil {
        return EventChunk(ndjson: ndjson, runs: runs, gapBefore: chunk.gapBefore)
      }
    }
    return nil
  }
}
