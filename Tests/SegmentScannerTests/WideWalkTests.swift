import CSegmentShims
import Testing

/// The walks over containers and strings by wide instructions against those that every processor has. Where there are no
/// wide ones both are the same.
struct WideWalkTests {
  private struct Walk: Equatable, CustomStringConvertible {
    var position: Int
    var status: UInt8
    var hasLineBreaks: Bool

    init(_ result: segment_scan_result) {
      position = result.position
      status = result.status
      hasLineBreaks = result.line_breaks != 0
    }

    var description: String { "\(status) at \(position), line breaks: \(hasLineBreaks)" }
  }

  /// Compares both walks of `bytes` from each of the places; returns how the walks over containers ended.
  private func check(_ bytes: [UInt8], from places: [Int], depth: Int, _ seed: UInt64) -> [UInt8] {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      return places.map { place in
        let wide = Walk(unsafe segment_scan_skip_container(base, place, buffer.count, depth))
        let narrow = Walk(unsafe segment_scan_skip_container_narrow(base, place, buffer.count, depth))
        #expect(wide == narrow, "seed \(seed), place \(place): \(String(decoding: bytes, as: UTF8.self))")
        let wideString = Walk(unsafe segment_scan_skip_string(base, place, buffer.count))
        let narrowString = Walk(unsafe segment_scan_skip_string_narrow(base, place, buffer.count))
        #expect(wideString == narrowString, "seed \(seed), place \(place): \(String(decoding: bytes, as: UTF8.self))")
        return wide.status
      }
    }
  }

  @Test("both end in the same way and place in events, whole and damaged", arguments: 0..<20 as Range<UInt64>)
  func events(seed: UInt64) {
    var generator = EventGenerator(seed: 5_000 + seed)
    var ends: Set<UInt8> = []
    for _ in 0..<10 {
      let whole = Array(generator.batch(events: 3).utf8)
      for bytes in [whole] + (0..<4).map({ _ in generator.damaged(whole) }) where !bytes.isEmpty {
        let depth = generator.chance(3) ? 3 : Int(SEGMENT_SCAN_MAXIMUM_DEPTH)
        ends.formUnion(check(bytes, from: Array(bytes.indices), depth: depth, 5_000 + seed))
      }
    }
    #expect(ends.count > 2)
  }

  @Test("both end in the same way and place in a jumble of what JSON is made of", arguments: 0..<20 as Range<UInt64>)
  func jumble(seed: UInt64) {
    var random = SeededRandom(seed: 6_000 + seed)
    let alphabet = Array("{}[]{}[]\"\"\\\\\n\r\t\u{1} a,:".utf8) + [0x7F, 0x80, 0xC3, 0xFB, 0xFD, 0xFF]
    var ends: Set<UInt8> = []
    for _ in 0..<400 {
      let length = Int.random(in: 1...300, using: &random)
      // Of few kinds of bytes, so that walks go far; of many, so that they meet everything.
      let kinds = Int.random(in: 1...alphabet.count, using: &random)
      let chosen = (0..<kinds).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
      var bytes = (0..<length).map { _ in chosen[Int.random(in: 0..<kinds, using: &random)] }
      bytes[0] = UInt8(ascii: seed % 2 == 0 ? "{" : "[")
      let depth = Int.random(in: 0..<40, using: &random)
      ends.formUnion(check(bytes, from: [0, length / 3, length - 1], depth: depth, 6_000 + seed))
    }
    #expect(ends.count == 6)
  }
}
