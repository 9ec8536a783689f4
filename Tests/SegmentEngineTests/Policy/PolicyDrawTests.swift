import SegmentEngine
import Testing

@Suite("Which sessions a rate keeps")
struct PolicyDrawTests {
  /// Bytes 0 to 15 in order.
  private static let storeSalt = Identifier(high: 0x0001_0203_0405_0607, low: 0x0809_0A0B_0C0D_0E0F)

  private static func draw(_ salt: String? = nil) -> SamplingDraw {
    SamplingDraw(policy: Policy(salt: salt), storeSalt: storeSalt)
  }

  /// Numerators over 2^53, computed apart from this code.
  @Test(
    "The number of a session is what the rule says, for ever",
    arguments: [
      (nil, "default", "s", 0x14_A8F1_E51C_8D9D), (nil, "shop", "session-1", 0x16_1A06_0CB1_EB20),
      (nil, "", "", 0x13_141A_781D_EAAE), (nil, "läden", "é", 0x07_01A8_C8D0_DF22),
      ("x", "default", "s", 0x0D_286C_9A4B_0489), ("x", "shop", "session-1", 0x0F_BE96_116C_AA7B),
      ("x", "", "", 0x0F_9E45_131A_A65F), ("x", "läden", "é", 0x1D_428E_E600_2BB6),
      ("Zürich 2026", "default", "s", 0x18_CC18_FE8F_BF89), ("Zürich 2026", "shop", "session-1", 0x01_613F_241D_64CE),
      ("Zürich 2026", "", "", 0x0B_0E9D_1A8D_C51E), ("Zürich 2026", "läden", "é", 0x1A_6C89_F679_B2E7),
    ] as [(String?, String, String, UInt64)])
  func vectors(_ salt: String?, _ project: String, _ id: String, _ numerator: UInt64) {
    #expect(Self.draw(salt).value(of: SessionKey(project: project, id: id)) == Double(numerator) / 0x1p53)
  }

  @Test("Numbers are spread evenly", arguments: [nil, "a", "b"])
  func uniform(_ salt: String?) {
    let draw = Self.draw(salt)
    let count = 100_000
    var bins = [Int](repeating: 0, count: 100)
    var sum = 0.0
    for number in 0..<count {
      let value = draw.value(of: SessionKey(project: "p\(number % 7)", id: "session-\(number)"))
      bins[Int(value * 100)] += 1
      sum += value
    }
    let expected = Double(count) / 100
    let square = bins.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    // 99 degrees of freedom: above 200, or below 35, less than once in ten million salts.
    #expect(square > 35 && square < 200)
    // Five standard deviations of a mean of that many.
    #expect(abs(sum / Double(count) - 0.5) < 5 * 0.2887 / 316)
  }

  @Test("A rate of 1 keeps all, 0 none; whoever is kept at a rate is kept at every higher one")
  func nested() {
    let draw = Self.draw()
    let rates = [0, 1e-4, 0.1, 0.5, 0.9, 1]
    var kept = [Int](repeating: 0, count: rates.count)
    for number in 0..<20_000 {
      let key = SessionKey(id: "\(number)")
      let answers = rates.map { draw.keeps(key, rate: $0) }
      #expect(answers.firstIndex(of: true).map { answers[$0...].allSatisfy { $0 } } ?? true)
      for (place, answer) in answers.enumerated() where answer { kept[place] += 1 }
      #expect(draw.keeps(key, rate: draw.value(of: key).nextUp) && !draw.keeps(key, rate: draw.value(of: key)))
    }
    #expect(kept.first == 0 && kept.last == 20_000)
    #expect((1_700...2_300).contains(kept[2]) && (9_500...10_500).contains(kept[3]))
    #expect(draw.keeps(SessionKey(id: "x"), rate: .nan))
  }

  @Test("Only the salt and the session's name count, not the rules")
  func independent() {
    var policy = Policy.sampled
    policy.salt = "x"
    policy.rules[0].keep = 0.3
    let other = SamplingDraw(policy: policy, storeSalt: .zero)
    for number in 0..<100 {
      let key = SessionKey(project: "p", id: "\(number)")
      #expect(other.value(of: key) == Self.draw("x").value(of: key))
    }
  }

  @Test("Salts draw independently, and a name's parts are kept apart")
  func salts() {
    let (one, two) = (Self.draw("1"), Self.draw("2"))
    let both = (0..<20_000).count { number in
      let key = SessionKey(id: "\(number)")
      return one.keeps(key, rate: 0.5) && two.keeps(key, rate: 0.5)
    }
    #expect((4_650...5_350).contains(both))
    #expect(one.value(of: SessionKey(project: "ab", id: "c")) != one.value(of: SessionKey(project: "a", id: "bc")))
    #expect(
      Self.draw().value(of: SessionKey(id: "s"))
        != SamplingDraw(policy: Policy(), storeSalt: .zero).value(of: SessionKey(id: "s")))
  }
}
