import SegmentEngine
import Testing

@Suite("A policy and its document say the same")
struct PolicyDocumentTests {
  private static func policy(_ document: String) throws -> Policy { try Policy(json: Array(document.utf8)) }

  @Test("Every field of the schema arrives")
  func everyField() throws {
    let policy = try Self.policy(
      #"""
      {"version": 1, "recentHours": 24, "salt": "x",
       "rules": [
         {"name": "errors", "when": {"errors": {"atLeast": 1}, "durationSeconds": {"below": 5.5},
           "activeSeconds": {"atLeast": 1, "below": 2}, "events": {"below": 10}, "rawBytes": {"atLeast": 1e3},
           "url": "https://x/*", "tags": {"plan": "pro", "ticket": null}, "tagged": true, "project": "shop",
           "state": "finished"}, "keep": 1, "retentionDays": 90},
         {"retentionDays": "forever", "keep": 0.25, "when": {"url": ["a", "b"], "project": ["c", "d"],
           "tagged": false, "state": "abandoned"}, "name": "more"},
         {"name": "all", "when": {}, "keep": 0}],
       "default": {"keep": 0.1, "retentionDays": 7}, "budgetBytes": 50000000000,
       "projectBudgets": {"shop": "1.5 GiB", "blog": 18446744073709551615}, "freeBytes": 0}
      """#)
    let expected = Policy(
      rules: [
        .init(
          name: "errors",
          when: .init(
            errors: .init(atLeast: 1), durationSeconds: .init(below: 5.5), activeSeconds: .init(atLeast: 1, below: 2),
            events: .init(below: 10), rawBytes: .init(atLeast: 1_000), urls: ["https://x/*"],
            tags: ["plan": "pro", "ticket": nil], isTagged: true, projects: ["shop"], state: .finished),
          keep: 1, retention: .days(90)),
        .init(
          name: "more",
          when: .init(urls: ["a", "b"], isTagged: false, projects: ["c", "d"], state: .abandoned), keep: 0.25,
          retention: .forever),
        .init(name: "all", keep: 0, retention: .days(30)),
      ],
      otherwise: .init(name: "default", keep: 0.1, retention: .days(7)), recentHours: 24, budgetBytes: 50_000_000_000,
      projectBudgets: ["shop": 1_610_612_736, "blog": .max], freeBytes: 0, salt: "x")
    #expect(policy == expected)
    #expect(policy.rules == expected.rules)
    #expect(policy.projectBudgets == expected.projectBudgets)
  }

  @Test("What is not said has its default")
  func defaults() throws {
    let policy = try Self.policy(#"{"version": 1}"#)
    #expect(policy == .keepAll)
    #expect(policy.otherwise == .init(name: "default", keep: 1, retention: .days(30)))
    #expect(policy.freeBytes == 1 << 30)
    #expect(policy.recentHours == nil && policy.budgetBytes == nil && policy.salt == nil)
  }

  @Test("The document is pretty printed, in one form")
  func form() {
    var policy = Policy.sampled
    policy.rules.remove(at: 1)
    policy.rules[0].when.urls = ["a", "b"]
    policy.rules[0].when.tags = ["b": nil, "a": "\u{1}\"\\é"]
    policy.rules[0].retention = .forever
    policy.rules.append(.init(name: "rest", keep: 1e-7))
    #expect(
      String(decoding: policy.json, as: UTF8.self) == #"""
        {
          "version": 1,
          "rules": [
            {
              "name": "errors",
              "when": {
                "errors": {
                  "atLeast": 1
                },
                "url": [
                  "a",
                  "b"
                ],
                "tags": {
                  "a": "\u0001\"\\é",
                  "b": null
                }
              },
              "keep": 1,
              "retentionDays": "forever"
            },
            {
              "name": "rest",
              "when": {},
              "keep": 1e-07,
              "retentionDays": 30
            }
          ],
          "default": {
            "keep": 0.1,
            "retentionDays": 30
          },
          "freeBytes": 1073741824
        }

        """#)
  }

  @Test("Random policies read back equal, and their documents byte for byte", arguments: 0..<8)
  func roundTrip(_ seed: UInt64) throws {
    var policies = RandomPolicy(seed: seed)
    for _ in 0..<250 {
      let policy = policies.next()
      let read = try Policy(json: policy.json)
      #expect(read == policy, "seed \(seed)")
      #expect(read.rules == policy.rules, "seed \(seed)")
      #expect(read.otherwise == policy.otherwise, "seed \(seed)")
      #expect(read.projectBudgets == policy.projectBudgets, "seed \(seed)")
      #expect(read.json == policy.json, "seed \(seed)")
    }
  }

  @Test("Equal policies have equal documents and hashes; how they were written or built makes no difference")
  func equality() throws {
    let one = try Self.policy(
      #"""
      {"version":1.0,"freeBytes":"1 GiB","default":{"retentionDays":3e1,"keep":1e-1},
        "rules":[{"keep":1.00,"when":{"project":["a"],"tags":{"y":null,"x":"1"}},"name":"\u0072"}]}
      """#)
    var other = Policy(
      rules: [.init(name: "r", when: .init(tags: ["x": "1"], projects: ["a"]), keep: 1)],
      otherwise: .init(name: "anything", when: .init(isTagged: true), keep: 0.1))
    #expect(one != other)
    other.rules[0].when.tags.updateValue(nil, forKey: "y")
    #expect(one == other)
    #expect(one.hashValue == other.hashValue)
    #expect(one.json == other.json)
    other.otherwise.name = "changed"
    #expect(one == other)
    other.rules[0].keep = 1.0.nextDown
    #expect(one != other)
    other.rules[0].keep = 1
    other.recentHours = -0.0
    var zero = one
    zero.recentHours = 0
    #expect(zero == other)
  }

  @Test("Policies for projects whose names are only equivalent are different")
  func bytes() {
    func policy(_ project: String) -> Policy {
      Policy(rules: [.init(name: "r", when: .init(projects: [project]), keep: 0)])
    }
    #expect(policy("\u{E9}") != policy("e\u{301}"))
  }

  @Test(
    "Amounts of bytes",
    arguments: [
      ("50 GB", 50_000_000_000), ("50GB", 50_000_000_000), ("20 GiB", 20 << 30), ("1.5 TB", 1_500_000_000_000),
      ("0.5 kB", 500), ("1 KB", 1_000), ("3 KiB", 3_072), ("7 MiB", 7 << 20), ("7 MB", 7_000_000), ("2 TiB", 2 << 40),
      ("1 PB", 1_000_000_000_000_000), ("1 PiB", 1 << 50), ("800 B", 800), ("1.1 GB", 1_100_000_000),
      ("18446744073709551615 B", UInt64.max), ("18446744073709551616 B", nil), ("20000 PB", nil), ("99999.9 PB", nil),
      ("", nil), ("5", nil), ("GB", nil), ("5 gb", nil), ("5  GB", nil), (" 5 GB", nil), ("5 GB ", nil), ("-5 GB", nil),
      ("+5 GB", nil), ("5. GB", nil), (".5 GB", nil), ("1.2.3 GB", nil), ("1e3 GB", nil), ("٣ GB", nil), ("5 XB", nil),
      ("NaN GB", nil),
    ] as [(String, UInt64?)])
  func amounts(_ text: String, _ bytes: UInt64?) {
    let policy = try? Self.policy(#"{"version": 1, "budgetBytes": "\#(text)"}"#)
    #expect(policy?.budgetBytes == bytes)
  }
}
