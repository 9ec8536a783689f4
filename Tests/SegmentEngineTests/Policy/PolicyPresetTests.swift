import SegmentEngine
import Testing

@Suite("Policies that come with the engine")
struct PolicyPresetTests {
  private func rate(_ policy: Policy, errors: UInt64 = 0, tags: [String: String] = [:]) -> Double {
    policy.rule(for: PolicyFacts(key: SessionKey(id: "s"), errors: errors, tags: tags)).keep
  }

  @Test("Each keeps what its name says")
  func rates() {
    for (policy, rates) in [
      (Policy.keepAll, [1.0, 1, 1]), (.sampled, [0.1, 1, 1]), (.errorsOnly, [0, 1, 0]),
    ] {
      #expect([rate(policy), rate(policy, errors: 1), rate(policy, tags: ["a": ""])] == rates)
      #expect((policy.rules + [policy.otherwise]).allSatisfy { $0.retention == .days(30) })
    }
  }

  @Test("Each has a name and a document that reads back")
  func names() throws {
    #expect(Policy.presetNames == ["keep-all", "sampled", "errors-only"])
    #expect(try Policy.preset("keep-all") == .keepAll)
    #expect(try Policy.preset("sampled") == .sampled)
    for name in Policy.presetNames {
      let policy = try Policy.preset(name)
      #expect(try Policy(json: policy.json) == policy)
    }
  }

  @Test("An unknown name is refused with the ones there are")
  func unknown() throws {
    let error = try #require(throws: StoreError.self) { try Policy.preset("Sample\u{7}") }
    #expect(error.code == .invalidPolicy)
    #expect(
      error.message
        == #""Sample\u0007" is not the name of a preset; did you mean sampled? Known are keep-all, sampled, errors-only"#
    )
  }
}
