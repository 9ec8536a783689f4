import Foundation

/// SegmentEngine beside other stores.
@main
enum PeerBench {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.contains("--help") || arguments.contains("-h") {
      print(Options.usage)
      return
    }
    do {
      let options = try Options(arguments)
      if let phase = options.child {
        try Child.run(phase, options)
      } else {
        var run = try Run(options)
        try run.run()
      }
    } catch {
      FileHandle.standardError.write(Data("peer-bench: \(error)\n".utf8))
      exit(1)
    }
  }
}
