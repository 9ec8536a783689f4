/// An event on its way into a block.
struct BlockEvent {
  /// Where it stands in the payload it comes from, line feed included.
  var bytes: Range<Int>
  var kind: EventKind
  var timestamp: Double
  /// Where its time is not known, within which it lies: an event packed whole, taken from another block.
  var span: ClosedRange<Double>?
  var isPlausible: Bool
  /// Place in the segment's list of windows.
  var window: Int
  var sequence: UInt64
  var epoch: UInt64
}

/// Gathers events and says where to cut: a block stands alone, holds whole events with consecutive sequences, and begins
/// at a keyframe once what came before is large enough.
///
/// A block is cut before an event that would make it larger than `target` bytes, and before a keyframe when it holds at
/// least `keyframeBytes`. A Meta event and the FullSnapshot behind it are never parted, so a block is at most `target`
/// bytes or one such pair.
struct BlockBuilder {
  /// A block that is ready to be compressed. Place, stored length and checksum are not yet known.
  struct Block {
    var content: [UInt8]
    var entry: BlockEntry
  }

  private let target: Int
  private let keyframeBytes: Int
  private var content: [UInt8] = []
  private var entry: BlockEntry?
  private var previousTime = -Double.infinity
  /// A Meta event that waits to see whether a FullSnapshot follows; its bytes with it.
  private var held: (event: BlockEvent, bytes: [UInt8])?
  /// Sequence of the last Meta event of each window, until its FullSnapshot is there.
  private var metas: [Int: UInt64] = [:]

  init(target: Int, keyframeBytes: Int) {
    self.target = target
    self.keyframeBytes = keyframeBytes
  }

  /// Adds the event at `event.bytes` of `payload`. Blocks that are complete are handed to `emit`.
  mutating func add<Failure: Error>(
    _ event: BlockEvent, from payload: [UInt8], _ emit: (Block) throws(Failure) -> Void
  ) throws(Failure) {
    let isSnapshot = event.kind == .fullSnapshot
    if let waiting = held {
      held = nil
      let belongs = isSnapshot && waiting.event.window == event.window && waiting.event.sequence + 1 == event.sequence
      let unit = waiting.bytes.count + (belongs ? event.bytes.count : 0)
      try cut(before: waiting.event, unit: unit, isKeyframe: belongs, emit)
      append(waiting.event, waiting.bytes[...])
      if belongs {
        append(event, payload[event.bytes])
        return
      }
    }
    if event.kind == .meta {
      held = (event, Array(payload[event.bytes]))
      return
    }
    try cut(before: event, unit: event.bytes.count, isKeyframe: isSnapshot, emit)
    append(event, payload[event.bytes])
  }

  /// Takes note of a Meta event that is not among the events that are added.
  mutating func note(meta sequence: UInt64, window: Int) {
    if metas[window] == nil { metas[window] = sequence }
  }

  /// Hands over what is left.
  mutating func finish<Failure: Error>(_ emit: (Block) throws(Failure) -> Void) throws(Failure) {
    if let waiting = held {
      held = nil
      try cut(before: waiting.event, unit: waiting.bytes.count, isKeyframe: false, emit)
      append(waiting.event, waiting.bytes[...])
    }
    try emitBlock(emit)
  }

  private mutating func cut<Failure: Error>(
    before event: BlockEvent, unit: Int, isKeyframe: Bool, _ emit: (Block) throws(Failure) -> Void
  ) throws(Failure) {
    guard let entry else { return }
    let isFull = content.count + unit > target || (isKeyframe && content.count >= keyframeBytes)
    if isFull || entry.nextSequence != event.sequence || entry.epoch != event.epoch { try emitBlock(emit) }
  }

  private mutating func emitBlock<Failure: Error>(_ emit: (Block) throws(Failure) -> Void) throws(Failure) {
    guard var done = entry else { return }
    entry = nil
    done.raw = content.count
    let block = Block(content: content, entry: done)
    content = []
    content.reserveCapacity(min(target, 8 << 20))
    previousTime = -Double.infinity
    try emit(block)
  }

  private mutating func append(_ event: BlockEvent, _ bytes: ArraySlice<UInt8>) {
    var block =
      entry
      ?? BlockEntry(
        frameOffset: 0, headerLength: 0, stored: 0, raw: 0, frameChecksum: 0, codec: .none, dictionary: 0,
        sequence: event.sequence, events: 0, epoch: event.epoch, flags: [.isSorted], first: 0, last: 0, runs: [],
        keyframes: [])
    entry = nil
    let time = event.timestamp
    let span = event.span ?? time...time
    if span.lowerBound < previousTime { block.flags.remove(.isSorted) }
    previousTime = span.upperBound
    if event.isPlausible {
      let low = span.lowerBound.flooredMilliseconds
      let high = span.upperBound.rounded(.up).flooredMilliseconds
      if block.flags.contains(.hasRange) {
        block.first = min(block.first, low)
        block.last = max(block.last, high)
      } else {
        block.first = low
        block.last = high
        block.flags.insert(.hasRange)
      }
    } else {
      block.flags.insert(.hasImplausible)
      block.flags.remove(.isSorted)
    }
    if event.kind == .meta {
      metas[event.window] = event.sequence
    } else if event.kind == .fullSnapshot {
      let distance = metas.removeValue(forKey: event.window).map { Int(event.sequence - $0) } ?? 0
      block.keyframes.append(
        KeyframeEntry(
          window: event.window, ordinal: block.events, offset: content.count, metaDistance: distance, timestamp: time))
    }
    if let last = block.runs.indices.last, block.runs[last].window == event.window {
      block.runs[last].events += 1
    } else {
      block.runs.append(WindowRun(window: event.window, events: 1))
    }
    block.events += 1
    content.append(contentsOf: bytes)
    entry = block
  }
}
