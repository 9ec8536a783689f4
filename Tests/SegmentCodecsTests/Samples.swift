import SegmentCodecs

/// Deterministic inputs. Who uses random ones names the seed in the failure message.
enum Samples {
  /// Runs of repeated and of random bytes, in lengths that cross the coders' internal limits.
  static func mixed(count: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let length = min(Int(random.next() % 300) + 1, count - bytes.count)
      switch random.next() % 3 {
      case 0: bytes.append(contentsOf: repeatElement(UInt8(truncatingIfNeeded: random.next()), count: length))
      case 1: for _ in 0..<length { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
      default:
        let from = bytes.isEmpty ? 0 : Int(random.next() % UInt64(bytes.count))
        for i in 0..<length { bytes.append(bytes.isEmpty ? 7 : bytes[min(from + i, bytes.count - 1)]) }
      }
    }
    return bytes
  }

  static func random(count: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  /// Lines as a recorder sends them: the same shapes with numbers that differ.
  static func events(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed: seed)
    var text = ""
    for i in 0..<count {
      let id = random.next() % 9000
      text += #"{"type":3,"data":{"source":0,"adds":[{"parentId":\#(id),"nextId":null,"node":{"type":2,"#
      text += #""tagName":"div","attributes":{"class":"card card-\#(id % 17)"},"childNodes":[],"id":\#(id + 1)}}]},"#
      text += #""timestamp":\#(1_700_000_000_000 + UInt64(i) * 40)}"# + "\n"
    }
    return Array(text.utf8)
  }
}

/// SplitMix64: a small generator that gives the same numbers everywhere.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z &>> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z &>> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z &>> 31
  }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef")
  return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}

/// What one attempt at decoding gave: the bytes, or the error.
func attempt<Value>(_ body: () throws(CodecError) -> Value) -> Result<Value, CodecError> {
  do throws(CodecError) { return .success(try body()) } catch { return .failure(error) }
}

/// The reason of a failure; nil for success.
func reason<Value>(_ body: () throws(CodecError) -> Value) -> CodecError.Reason? {
  if case .failure(let error) = attempt(body) { error.reason } else { nil }
}
