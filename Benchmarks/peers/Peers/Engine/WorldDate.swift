import CPeerShims
import Foundation
import Synchronization

/// The date this process lives in. The engine dates what it receives by the system's clock, as it must in a server; here days
/// pass in seconds, so the clock is moved: to a day when its first batch comes, and past a day when it is over.
///
/// Kept in a file beside the store, since the next process goes on at that date.
final class WorldDate: Sendable {
  private let path: String
  /// The day that batches are received in.
  private let day = Mutex(Int.min)

  /// Takes the date from where the last process left it. Nil where there was none.
  init(besides folder: String) {
    path = folder + ".date"
  }

  /// Whether a process was here before.
  var isKnown: Bool { FileManager.default.fileExists(atPath: path) }

  /// Goes on at the date that was written down.
  func resume() throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    guard let time = Int64(text) else { throw PeerError("\(path) holds no date; remove the store and make it again") }
    move(to: time)
  }

  /// Now, milliseconds since 1970.
  var now: Int64 { peer_date_now() / 1_000_000 }

  /// Sees to it that it is that day, or a later one: at 08:00 where it is not.
  func enter(_ wanted: Int) throws {
    try day.withLock { day in
      if day >= wanted { return }
      let today = Calendar.day(of: now)
      // The real date lies past all days of the work until one of them was entered.
      if !isKnown || today < wanted {
        try set(Calendar.start(of: wanted) + 8 * 3_600_000)
        day = wanted
      } else {
        day = today
      }
    }
  }

  /// Lets time pass up to a moment; does nothing where it has.
  func pass(to time: Int64) throws {
    if now < time { try set(time) }
  }

  private func set(_ time: Int64) throws {
    move(to: time)
    try "\(time)".write(toFile: path, atomically: true, encoding: .utf8)
  }

  private func move(to time: Int64) {
    peer_date_move((time - now) * 1_000_000)
  }
}
