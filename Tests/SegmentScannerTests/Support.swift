import SegmentScanner

/// SplitMix64: the same numbers from the same seed everywhere.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

func scan(
  _ bytes: [UInt8], _ invalid: InvalidEvents = .reject, limits: ScanLimits = ScanLimits(), receiveTime: Double = 7
) throws(ScanError) -> ScannedBatch {
  try BatchScanner.scan(unsafe bytes.span.bytes, receiveTime: receiveTime, invalid: invalid, limits: limits)
}

func scan(
  _ text: String, _ invalid: InvalidEvents = .reject, limits: ScanLimits = ScanLimits(), receiveTime: Double = 7
) throws(ScanError) -> ScannedBatch {
  try scan(Array(text.utf8), invalid, limits: limits, receiveTime: receiveTime)
}

/// The error that a batch is refused with; nil if it is not.
func refusal(_ bytes: [UInt8], limits: ScanLimits = ScanLimits()) -> ScanError? {
  do {
    _ = try scan(bytes, limits: limits)
    return nil
  } catch {
    return error
  }
}

func refusal(_ text: String, limits: ScanLimits = ScanLimits()) -> ScanError? {
  refusal(Array(text.utf8), limits: limits)
}

func canonical(_ bytes: [UInt8], _ batch: ScannedBatch) -> [UInt8] {
  var output: [UInt8] = []
  BatchScanner.appendCanonical(batch, from: unsafe bytes.span.bytes, to: &output)
  return output
}

func canonical(_ text: String) throws(ScanError) -> String {
  let bytes = Array(text.utf8)
  return String(decoding: canonical(bytes, try scan(bytes)), as: UTF8.self)
}

func probe(_ bytes: [UInt8]) -> (type: Int32, kind: EventKind, timestamp: Double)? {
  EventProbe.probe(unsafe bytes.span.bytes)
}

func probe(_ text: String) -> (type: Int32, kind: EventKind, timestamp: Double)? { probe(Array(text.utf8)) }

extension ScannedBatch {
  /// The bytes of each event.
  func texts(of bytes: [UInt8]) -> [[UInt8]] { events.map { Array(bytes[$0.offset..<$0.offset + $0.length]) } }
}
