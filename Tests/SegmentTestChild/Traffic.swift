import Foundation
import SegmentEngine

/// Many short sessions at once, each finished: what a server's day is made of.
enum Traffic {
  static let tasks = 6

  /// The events of one batch of a session: what a test expects to find.
  static func batch(_ session: String, _ number: Int) -> [UInt8] {
    var text = ""
    for event in 0..<6 {
      let time = 1_700_000_000_000 + number * 5_000 + event
      text +=
        "{\"type\":3,\"data\":{\"source\":1,\"session\":\"\(session)\",\"batch\":\(number)},\"timestamp\":\(time)}\n"
    }
    return Array(text.utf8)
  }

  static func run(_ path: String, seconds: Double) async throws {
    var configuration = Configuration()
    configuration.journalBytes = 64 << 10
    configuration.journalBytesAhead = 16 << 10
    configuration.journalSeconds = 0.5
    configuration.recentHours = 0
    let store = try await ReplayStore.open(path, configuration: configuration)
    say("open")
    let end = Date().addingTimeInterval(seconds)
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<tasks {
        group.addTask {
          var session = 0
          while Date() < end {
            let name = "t\(task)-\(session)"
            session += 1
            let batches = 1 + session % 9
            do {
              for number in 0..<batches {
                try await store.append(
                  batch(name, number), to: SessionKey(id: name), batchID: "b\(number)", visitor: "v\(task)",
                  origin: .imported)
              }
              try await store.finish(SessionKey(id: name))
            } catch {
              say("error \(error)")
              return
            }
            say("\(name) \(batches)")
          }
        }
      }
    }
    do { try await store.close() } catch { say("error \(error)") }
  }
}
