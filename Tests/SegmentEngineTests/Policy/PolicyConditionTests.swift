import SegmentEngine
import Testing

@Suite("Which rule of a policy decides on a session")
struct PolicyConditionTests {
  private static let facts = PolicyFacts(
    key: SessionKey(project: "shop", id: "s"), errors: 3, events: 1_000, rawBytes: 5_000_000,
    durationMilliseconds: 90_500, activeMilliseconds: 20_000,
    pages: ["https://shop.example/", "https://shop.example/cart?x=1"], tags: ["plan": "pro", "empty": ""],
    isFinished: true)

  /// The facts of a session of which nothing is known.
  private static let nothing = PolicyFacts(key: SessionKey(project: "shop", id: "n"))

  private static func holds(_ when: Policy.Conditions, _ facts: PolicyFacts = facts) -> Bool {
    Policy(rules: [.init(name: "r", when: when, keep: 1)]).rule(for: facts).name == "r"
  }

  @Test("Bounds include the lower end and not the upper one")
  func bounds() {
    let both = Policy.Bounds(atLeast: 1, below: 2)
    #expect([0.999, 1, 1.999, 2].map(both.holds) == [false, true, true, false])
    #expect(Policy.Bounds(atLeast: 1).holds(.infinity))
    #expect(Policy.Bounds(below: 1).holds(0))
    #expect(Policy.Bounds().holds(5))
    #expect(!Policy.Bounds(atLeast: 0).holds(.nan))
    #expect(!Policy.Bounds(below: 1).holds(.nan))
  }

  @Test("Each number is compared in its unit")
  func numbers() {
    func check(_ path: WritableKeyPath<Policy.Conditions, Policy.Bounds?>, _ value: Double) {
      var when = Policy.Conditions()
      when[keyPath: path] = .init(atLeast: value, below: value.nextUp)
      #expect(Self.holds(when))
      when[keyPath: path] = .init(atLeast: value.nextUp)
      #expect(!Self.holds(when))
      when[keyPath: path] = .init(below: value)
      #expect(!Self.holds(when))
    }
    check(\.errors, 3)
    check(\.events, 1_000)
    check(\.rawBytes, 5_000_000)
    check(\.durationSeconds, 90.5)
    check(\.activeSeconds, 20)
  }

  @Test("One glob must match one page")
  func urls() {
    #expect(Self.holds(.init(urls: ["https://shop.example/cart*"])))
    #expect(Self.holds(.init(urls: ["nothing", "*/cart?x=?"])))
    #expect(!Self.holds(.init(urls: ["https://shop.example", "cart"])))
    #expect(!Self.holds(.init(urls: ["*"]), Self.nothing))
  }

  @Test("Tags are asked for by key, or by key and value; any tag, or none")
  func tags() {
    #expect(Self.holds(.init(tags: ["plan": "pro"])))
    #expect(Self.holds(.init(tags: ["plan": nil])))
    #expect(Self.holds(.init(tags: ["plan": "pro", "empty": ""])))
    #expect(!Self.holds(.init(tags: ["plan": "pro", "ticket": nil])))
    #expect(!Self.holds(.init(tags: ["plan": "Pro"])))
    #expect(!Self.holds(.init(tags: ["plan": ""])))
    #expect(Self.holds(.init(isTagged: true)))
    #expect(!Self.holds(.init(isTagged: false)))
    #expect(!Self.holds(.init(isTagged: true), Self.nothing))
    #expect(Self.holds(.init(isTagged: false), Self.nothing))
  }

  @Test("Projects and values of tags are compared byte by byte")
  func bytes() {
    #expect(Self.holds(.init(projects: ["other", "shop"])))
    #expect(!Self.holds(.init(projects: ["Shop", "shop "])))
    let facts = PolicyFacts(key: SessionKey(project: "caf\u{E9}", id: "s"), tags: ["k": "caf\u{E9}"])
    #expect(Self.holds(.init(tags: ["k": "caf\u{E9}"], projects: ["caf\u{E9}"]), facts))
    #expect(!Self.holds(.init(projects: ["cafe\u{301}"]), facts))
    #expect(!Self.holds(.init(tags: ["k": "cafe\u{301}"]), facts))
  }

  @Test("A session was finished by someone, or abandoned")
  func state() {
    #expect(Self.holds(.init(state: .finished)))
    #expect(!Self.holds(.init(state: .abandoned)))
    #expect(Self.holds(.init(state: .abandoned), Self.nothing))
    #expect(!Self.holds(.init(state: .finished), Self.nothing))
  }

  @Test("Without conditions a rule is for all; facts that are absent count as nothing")
  func absent() {
    #expect(Self.holds(.init()))
    #expect(Self.holds(.init(), Self.nothing))
    #expect(Self.holds(.init(errors: .init(below: 1), durationSeconds: .init(below: 5)), Self.nothing))
    #expect(!Self.holds(Policy.Conditions(events: .init(atLeast: 1)), Self.nothing))
    #expect(!Self.holds(.init(tags: ["plan": nil]), Self.nothing))
  }

  @Test("All conditions that are given must hold")
  func together() {
    let all = Policy.Conditions(
      errors: .init(atLeast: 1), durationSeconds: .init(atLeast: 60), activeSeconds: .init(below: 30),
      events: .init(atLeast: 1_000), rawBytes: .init(below: 6e6), urls: ["*cart*"], tags: ["plan": "pro"],
      isTagged: true, projects: ["shop"], state: .finished)
    #expect(Self.holds(all))
    let spoils: [(inout Policy.Conditions) -> Void] = [
      { $0.errors = .init(atLeast: 4) }, { $0.durationSeconds = .init(below: 60) },
      { $0.activeSeconds = .init(atLeast: 30) }, { $0.events = .init(below: 10) }, { $0.rawBytes = .init(below: 6) },
      { $0.urls = ["*checkout*"] }, { $0.tags = ["plan": "free"] }, { $0.isTagged = false },
      { $0.projects = ["blog"] }, { $0.state = .abandoned },
    ]
    for (place, spoil) in spoils.enumerated() {
      var when = all
      spoil(&when)
      #expect(!Self.holds(when), "condition \(place)")
    }
  }

  @Test("The first rule that holds decides, the default where none does")
  func order() {
    let policy = Policy(
      rules: [
        .init(name: "many", when: .init(errors: .init(atLeast: 10)), keep: 1, retention: .forever),
        .init(name: "some", when: .init(errors: .init(atLeast: 1)), keep: 0.5),
        .init(name: "shop", when: .init(projects: ["shop"]), keep: 0.2),
      ],
      otherwise: .init(name: "rest", when: .init(projects: ["x"]), keep: 0.1, retention: .days(7)))
    var facts = Self.facts
    #expect(policy.rule(for: facts).name == "some")
    facts.errors = 10
    #expect(policy.rule(for: facts).retention == .forever)
    facts.errors = 0
    #expect(policy.rule(for: facts).name == "shop")
    facts.key.project = "blog"
    #expect(policy.rule(for: facts) == Policy.Rule(name: "default", keep: 0.1, retention: .days(7)))
  }
}
