import SegmentEngine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Runs one path of the engine a given number of times, the same in every run, so that its instructions can be counted
/// (Scripts/bench-check). Everything is done in one thread.
@main
struct SegmentGuard {
  private static let usage = """
    usage: segment-guard list                                 names, units and repetitions of the paths
           segment-guard make FOLDER RECORDINGS               makes the store that is read
           segment-guard run NAME COUNT MOST FOLDER RECORDINGS
    `run` sets up for MOST repetitions, makes COUNT, and prints how many units of work one of them is.
    """

  static func main() {
    do { try run(Array(CommandLine.arguments.dropFirst())) } catch {
      tell("segment-guard: \(error)")
      exit(error is Wrong ? 64 : 4)
    }
  }

  private struct Wrong: Error, CustomStringConvertible {
    var description: String
  }

  private static func run(_ arguments: [String]) throws {
    switch arguments.first {
    case "list" where arguments.count == 1:
      for path in GuardedPath.allCases { print(path.rawValue, path.unit, path.repeats) }
    case "make" where arguments.count == 3:
      try GuardStore.make(Layout(root: "\(arguments[1])/store"), try Sample.load(arguments[2]))
    case "run" where arguments.count == 6:
      guard let path = GuardedPath(rawValue: arguments[1]), let count = Int(arguments[2]),
        let most = Int(arguments[3]), 1 <= count, count <= most
      else { throw Wrong(description: "there is no such path, or COUNT is above MOST\n\(usage)") }
      let step = try path.prepare(Ground(folder: arguments[4], samples: try Sample.load(arguments[5])), most: most)
      var units = 0
      for turn in 0..<count { units = try step(turn) }
      print(units)
      // What is let go at the end is no part of any repetition, and takes as long as it likes.
      fflush(nil)
      _exit(0)
    default: throw Wrong(description: usage)
    }
  }

  private static func tell(_ text: String) {
    let bytes = Array("\(text)\n".utf8)
    unsafe _ = write(2, bytes, bytes.count)
  }
}
