import ArgumentParser
import SegmentEngine

/// Sampling and retention rules.
struct PolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Shows, sets and tests the rules of sampling and retention.",
    discussion: "OPERATING.md has the document's fields. Where none is set, everything is kept 30 days.",
    subcommands: [PolicyShow.self, PolicySet.self, PolicyTest.self])
}

/// Where a policy comes from.
struct PolicySource: ParsableArguments {
  @Argument(help: "A policy, a JSON document; - reads standard input.")
  var file: String?

  @Option(
    help: ArgumentHelp(
      "A policy that comes with the tool: \(Policy.presetNames.joined(separator: ", ")).", valueName: "name"))
  var preset: String?

  func validate() throws {
    if file != nil, preset != nil { throw ValidationError("give a file or --preset, not both") }
  }

  /// The policy that is named; nil where none is.
  func policy() throws -> Policy? {
    if let preset {
      do { return try Policy.preset(preset) } catch { throw Failure(.usage, error.message) }
    }
    guard let file else { return nil }
    let path = file == "-" ? "/dev/stdin" : file
    let document = try InputFile.contents(of: path, limit: 1 << 20)
    do { return try Policy(json: document) } catch {
      throw Failure(.usage, "\(file == "-" ? "standard input" : file): \(error.message)")
    }
  }
}

/// Shows the policy in force.
struct PolicyShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Prints the policy in force as the JSON document that set reads.",
    discussion: """
      Where none was set, that is the one by which everything is kept 30 days; its floor of free space holds only once it is \
      set.
      """)

  @OptionGroup var options: StoreOptions

  func run() async throws {
    try await options.withStore(.readOnly) { store in
      try Standard.write(try await store.policy().json)
    }
  }
}

/// Puts a policy in force.
struct PolicySet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Puts a policy in force.",
    discussion: """
      Also beside a process that writes, which obeys it from then on. What was decided stays decided; packs of rules that it \
      still has get their new day of expiry without being rewritten. With --json one object.
      """)

  @OptionGroup var options: StoreOptions
  @OptionGroup var source: PolicySource

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    guard let policy = try source.policy() else { throw ValidationError("give a policy: a file or --preset") }
    try await options.withStore(.maintenance) { store in
      let change = try await store.setPolicy(policy)
      if json {
        return try Standard.print(
          JSONValue.record([
            "packsMoved": .count(change.packsMoved), "bytesMoved": .whole(change.bytesMoved),
            "packsDue": .count(change.packsDue), "packsLeft": .count(change.packsLeft), "packsRewritten": .whole(0),
          ]))
      }
      var text = "the policy is in force; nothing has to be rewritten\n"
      if change.packsMoved > 0 {
        text +=
          "\(Units.count(UInt64(change.packsMoved), "pack")) of \(Units.bytes(change.bytesMoved)) expire on another day\n"
      }
      if change.packsDue > 0 {
        text += "\(Units.count(UInt64(change.packsDue), "pack")) expire with the next maintenance\n"
      }
      if change.packsLeft > 0 {
        text += "\(Units.count(UInt64(change.packsLeft), "pack")) of rules it does not have keep their day\n"
      }
      try Standard.print(text)
    }
  }
}

/// Says what a policy would do.
struct PolicyTest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Says which sessions of the store a policy would keep, and what that would save.",
    discussion: """
      All sessions that are in packs are decided on as if nothing had been decided yet; with no policy given, by the one in \
      force. Beside the true totals stands what the kept ones let one estimate: each counts 1/rate times. Nothing is changed. \
      With --json one object.
      """)

  @OptionGroup var options: StoreOptions
  @OptionGroup var source: PolicySource

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    let given = try source.policy()
    try await options.withStore(.readOnly) { store in
      let inForce = try await store.policy()
      let evaluation = try await store.evaluate(given ?? inForce)
      if json {
        try Standard.print(PolicyOutput.document(evaluation))
      } else {
        try Standard.print(PolicyOutput.text(evaluation))
      }
    }
  }
}
