import Foundation
import Peers

/// A phase in a process of its own, so that its memory and what the system counts of it are its alone.
enum Child {
  /// What it tells its parent, as the last line of its output.
  struct Answer: Codable {
    var figures: [String: Double]?
    var failure: String?
  }

  /// In the child: does the phase for the one peer that is named, and prints the answer.
  static func run(_ phase: Phase, _ options: Options) throws {
    guard let peer = try PeerList.chosen(options.peers).first else { throw BenchError("no peer is named") }
    var answer = Answer()
    do {
      let context = PhaseContext(
        options: options, peer: peer,
        folder: "\(options.work)/\(phase == .limits ? "limits" : PeerList.key(peer.name))",
        round: options.round)
      answer.figures = try context.run(phase)
    } catch {
      answer.failure = "\(error)"
    }
    try FileHandle.standardOutput.write(contentsOf: try JSONEncoder().encode(answer))
    // What a peer's library still does on its threads is of no interest any more.
    _exit(0)
  }

  /// In the parent: has a child do a phase. Throws what it failed with.
  static func ask(_ phase: Phase, _ peer: String, _ options: Options, round: Int) throws -> [String: Double] {
    let process = Process()
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.executableURL = URL(fileURLWithPath: own ?? CommandLine.arguments[0])
    process.arguments =
      [
        "--child", phase.description, "--peers", peer, "--recordings", options.recordings, "--work", options.work,
        "--round", String(round),
      ] + (options.isQuick ? ["--quick"] : [])
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let watch = Watch(process, seconds: 3_600)
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    watch.end()
    guard let line = text.split(separator: "\n").last, let data = line.data(using: .utf8),
      let answer = try? JSONDecoder().decode(Answer.self, from: data)
    else {
      let how = process.terminationReason == .exit ? "status" : "signal"
      throw BenchError("the process ended with \(how) \(process.terminationStatus) and without an answer")
    }
    if let failure = answer.failure { throw BenchError(failure) }
    return answer.figures ?? [:]
  }

  /// Ends a child that takes far too long.
  private final class Watch {
    private let timer: any DispatchSourceTimer

    init(_ process: Process, seconds: Double) {
      timer = DispatchSource.makeTimerSource()
      timer.schedule(deadline: .now() + seconds)
      let identifier = process.processIdentifier
      timer.setEventHandler { kill(identifier, SIGKILL) }
      timer.resume()
    }

    func end() { timer.cancel() }
  }
}
