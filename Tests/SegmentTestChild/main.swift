import Foundation
import SegmentEngine
import SegmentFiles

// A process for tests of real death.
//
// segment-test-child lock PATH: takes a lock, marks its file, and waits to be killed.
//
// segment-test-child traffic STORE SECONDS: many short sessions, each finished, for so long; prints "SESSION BATCHES"
// for each session once all of it is acknowledged.
//
// segment-test-child compact STORE: all maintenance of a store that another process writes, over and over, until it is
// killed; prints "compacted REWRITES" where it rewrote packs.
//
// segment-test-child STORE FIRST SESSIONS: ingests until it is killed. Appends batch after batch to each session, from
// batch FIRST on, flushing and maintaining now and then, and prints a line "SESSION BATCH" for each batch once it is
// acknowledged; every eighth batch is also a session of its own, "over-BATCH", finished at once and printed as "over BATCH".
// Lines are written with one call each, so a line that can be read was an acknowledgement.
let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "lock" {
  let lock = try POSIXFileSystem().lock(arguments[2], wait: false)
  try lock?.file.writeBytes([7], at: 0)
  while lock != nil { sleep(1) }
  exit(1)
}
if arguments.count == 4, arguments[1] == "traffic", let seconds = Double(arguments[3]) {
  try await Traffic.run(arguments[2], seconds: seconds)
  exit(0)
}
if arguments.count == 3, arguments[1] == "compact" {
  try await Compacting.run(arguments[2])
}
guard arguments.count == 4, let first = Int(arguments[2]), let sessions = Int(arguments[3]) else { exit(64) }

/// The bytes of one batch: what the test expects to find.
func batch(_ session: Int, _ number: Int) -> [UInt8] {
  var text = ""
  for event in 0..<8 {
    let time = 1_700_000_000_000 + number * 5_000 + event
    text += "{\"type\":3,\"data\":{\"source\":1,\"session\":\(session),\"batch\":\(number)},\"timestamp\":\(time)}\n"
  }
  return Array(text.utf8)
}

/// A session that is over with its first batch.
func finishOne(_ number: Int, in store: ReplayStore) async {
  let key = SessionKey(id: "over-\(number)")
  do {
    try await store.append(batch(sessions, number), to: key, batchID: "b\(number)", origin: .imported)
    try await store.finish(key)
    say("over \(number)")
  } catch { say("error \(error)") }
}

func say(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = unsafe bytes.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
}

var configuration = Configuration()
configuration.journalBytes = 64 << 10
configuration.journalBytesAhead = 16 << 10
configuration.recentHours = 0
do {
  let store = try await ReplayStore.open(arguments[1], configuration: configuration)
  say("open")
  await withTaskGroup(of: Void.self) { group in
    group.addTask { await Compacting.maintain(store) }
    for session in 0..<sessions {
      group.addTask {
        var number = first
        while true {
          do {
            try await store.append(
              batch(session, number), to: SessionKey(id: "s\(session)"), batchID: "b\(number)", origin: .imported)
          } catch {
            say("error \(error)")
            return
          }
          say("\(session) \(number)")
          if session == 0, number % 8 == 0 { await finishOne(number, in: store) }
          number += 1
        }
      }
    }
  }
} catch {
  say("error \(error)")
  exit(4)
}
