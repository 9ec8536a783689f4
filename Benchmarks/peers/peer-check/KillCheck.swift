import Foundation
import Peers

/// Kills a process that commits, and looks for all it had acknowledged.
enum KillCheck {
  private static let sessions = 8
  private static let batches = 400

  private static func work() -> [[Batch]] {
    var generator = Generator(seed: 11)
    return (0..<sessions).map { number in
      generator.session(SessionRef(day: 0, id: "killed-\(number)"), batches: batches, snapshot: 8_000)
    }
  }

  /// The process that is killed: says the number of every round of batches that was acknowledged.
  static func child<P: Peer>(_ type: P.Type, in folder: String) throws {
    let peer = try P.open(folder)
    let work = work()
    for number in 0..<batches {
      try Expected.commit(work.map { [$0[number]] }, to: peer)
      try FileHandle.standardOutput.write(contentsOf: Data("\(number)\n".utf8))
    }
  }

  /// How many rounds were acknowledged before the kill; throws where one of them is not there.
  static func run<P: Peer>(_ type: P.Type, place: Int, in folder: String) throws -> Int {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = ["--child", "\(place)", folder]
    process.standardOutput = output
    try process.run()
    var said = Data()
    // A line is at least two bytes; the kill comes while a later round is under way.
    while said.count < 150 {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      said += more
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    said += output.fileHandleForReading.readDataToEndOfFile()
    let whole = String(decoding: said, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .dropLast()
    guard let last = whole.last.flatMap({ Int($0) }), process.terminationReason == .uncaughtSignal else {
      throw CheckFailure("the process that was to be killed ended by itself")
    }
    let peer = try P.open(folder)
    for batches in work() {
      for batch in batches[...last] {
        try check(
          try peer.play(batch.session, at: batch.last).contains(batch.bytes),
          "\(batch.session.id): batch \(batch.number) was acknowledged and is not there after a kill")
      }
    }
    try peer.close()
    return last + 1
  }
}
