import CPeerShims
import Foundation
import Synchronization

/// The date this process lives in. The engine dates what it receives by the system's clock, as it must in a server;
/// here days pass in seconds, so the clock is moved: to a day when its first batch comes, and past a day when it is
/// over.
///
/// Kept in a file beside the store, since the next process goes on at that date. The file is written when the store is
/// closed, so that it is no part of what is measured.
final class WorldDate: Sendable {
  private struct State {
    /// The day that batches are received in; nil while it is the real date.
    var day: Int?
    var isSaved = true
  }

  private let path: String
  private let state = Mutex(State())

  /// Goes on at the date that the last process left beside the store. Where there was none the real date stays.
  init(besides folder: String) throws {
    path = folder + ".date"
    guard FileManager.default.fileExists(atPath: path) else { return }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    guard let time = Int64(text) else { throw PeerError("\(path) holds no date; remove the store and make it again") }
    move(to: time)
    state.withLock { $0.day = Calendar.day(of: time) }
  }

  /// Whether it was ever moved.
  var isMoved: Bool { state.withLock { $0.day != nil } }

  /// Now, milliseconds since 1970.
  var now: Int64 { peer_date_now() / 1_000_000 }

  /// Sees to it that it is that day, or a later one: at 08:00 where it is not.
  func enter(_ wanted: Int) {
    state.withLock { state in
      if let day = state.day, day >= wanted { return }
      set(Calendar.start(of: wanted) + 28_800_000, &state)
    }
  }

  /// Lets time pass up to a moment; does nothing where it has.
  func pass(to time: Int64) {
    state.withLock { state in
      if now < time { set(time, &state) }
    }
  }

  /// Writes it down for the next process.
  func save() throws {
    try state.withLock { state in
      if state.isSaved { return }
      try "\(now)".write(toFile: path, atomically: true, encoding: .utf8)
      state.isSaved = true
    }
  }

  private func set(_ time: Int64, _ state: inout State) {
    move(to: time)
    state = State(day: Calendar.day(of: time), isSaved: false)
  }

  private func move(to time: Int64) {
    peer_date_move((time - now) * 1_000_000)
  }
}
