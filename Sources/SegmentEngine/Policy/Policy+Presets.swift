extension Policy {
  /// Keeps everything 30 days; what a store does that has no policy.
  public static let keepAll = Policy()

  /// Keeps sessions with errors and tagged ones, and a tenth of the rest; all for 30 days.
  public static let sampled = Policy(
    rules: [
      Rule(name: "errors", when: Conditions(errors: Bounds(atLeast: 1)), keep: 1),
      Rule(name: "tagged", when: Conditions(isTagged: true), keep: 1),
    ],
    otherwise: Rule(name: Rule.defaultName, keep: 0.1))

  /// Keeps sessions with errors for 30 days, and of the rest nothing beyond the recent window.
  public static let errorsOnly = Policy(
    rules: [Rule(name: "errors", when: Conditions(errors: Bounds(atLeast: 1)), keep: 1)],
    otherwise: Rule(name: Rule.defaultName, keep: 0))

  private static let presets: [(name: String, policy: Policy)] = [
    ("keep-all", keepAll), ("sampled", sampled), ("errors-only", errorsOnly),
  ]

  /// The names `preset` knows.
  public static var presetNames: [String] { presets.map(\.name) }

  /// A ready-made policy by its name, one of `presetNames`. Throws `.invalidPolicy` for any other name.
  public static func preset(_ name: String) throws(StoreError) -> Policy {
    for preset in presets where preset.name == name { return preset.policy }
    throw StoreError(
      .invalidPolicy,
      "\(DocumentText.shown(name)) is not the name of a preset; \(NearName.hint(for: name, among: presetNames))")
  }
}
