import Foundation

/// The programs that run only when they are named: each takes minutes, and answers one question people plan with.
enum Program: String, CaseIterable {
  case storage, writes, expire, erase

  func run(_ arguments: some Sequence<String>) async throws {
    let options = try ProgramOptions(arguments, self)
    let place = try WorkPlace(options.work, rounds: options["rounds"])
    defer { place.removeAll() }
    var report = Report(isQuiet: options.isJSON)
    report.printHeader()
    switch self {
    case .storage: try await StorageBench.run(options, place, &report)
    case .writes: try await WritesBench.run(options, place, &report)
    case .expire: try await ExpireBench.run(options, place, &report)
    case .erase: try await EraseBench.run(options, place, &report)
    }
    if options.isJSON { print(try report.json()) }
  }

  /// Options with numbers, and what they are where they are not given.
  var numbers: [(name: String, value: Int)] {
    switch self {
    case .storage:
      [("sessions-per-day", 1_000), ("days", 30), ("measured-days", 3), ("scale", 1), ("error-percent", 5)]
    case .writes: [("sessions-per-day", 0), ("sessions", 1_000), ("ahead-kb", 1_024)]
    case .expire: [("sessions", 10_000), ("session-kb", 40), ("pack-mb", 0), ("rounds", 9)]
    case .erase: [("sessions", 2_000), ("erasures", 15)]
    }
  }
}

/// The command line of a program.
struct ProgramOptions {
  var recordings = "Samples/recordings"
  var work = "\(NSTemporaryDirectory())/segment-bench-\(getpid())"
  var isJSON = false
  private var numbers: [String: Int]

  init(_ arguments: some Sequence<String>, _ program: Program) throws {
    numbers = Dictionary(program.numbers.map { ($0.name, $0.value) }) { first, _ in first }
    let known = program.numbers.map { "[--\($0.name) N]" }.joined(separator: " ")
    let usage = "usage: segment-bench \(program.rawValue) [--recordings DIR] [--work DIR] [--json] \(known)"
    var rest = arguments.makeIterator()
    func value(_ option: String) throws -> String {
      guard let value = rest.next() else { throw Options.Wrong(description: "\(option) needs a value\n\(usage)") }
      return value
    }
    while let argument = rest.next() {
      switch argument {
      case "--recordings": recordings = try value(argument)
      case "--work": work = try value(argument) + "/segment-bench-\(getpid())"
      case "--json": isJSON = true
      case _ where argument.hasPrefix("--") && numbers[String(argument.dropFirst(2))] != nil:
        guard let number = Int(try value(argument)), number > 0 else {
          throw Options.Wrong(description: "\(argument) needs a number above 0\n\(usage)")
        }
        numbers[String(argument.dropFirst(2))] = number
      default: throw Options.Wrong(description: "\(argument)?\n\(usage)")
      }
    }
  }

  /// The number of an option; 0 where the program has none of that name.
  subscript(_ name: String) -> Int { numbers[name] ?? 0 }
}
