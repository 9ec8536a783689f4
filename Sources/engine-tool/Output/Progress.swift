import Synchronization

/// A bar on standard error, shown where work takes over a second and standard error is a terminal.
final class Progress: Sendable {
  private struct State {
    var done: UInt64 = 0
    var total: UInt64
    var next: ContinuousClock.Instant
    var isShown = false
  }

  private static let width = 30
  private static let pause = Duration.milliseconds(200)

  private let label: String
  private let isOn = Standard.errorIsTerminal
  private let state: Mutex<State>

  init(_ label: String, total: UInt64 = 0) {
    self.label = label
    state = Mutex(State(total: total, next: ContinuousClock.now + .seconds(1)))
  }

  /// So much more is done.
  func add(_ bytes: Int) {
    guard isOn, bytes > 0 else { return }
    state.withLock { state in
      state.done += UInt64(bytes)
      show(&state)
    }
  }

  /// The whole is larger, or smaller, than was thought.
  func expect(_ bytes: UInt64, insteadOf guess: UInt64) {
    guard isOn else { return }
    state.withLock { state in
      state.total = state.total + bytes - min(state.total + bytes, guess)
      show(&state)
    }
  }

  /// So much is done of so much in all.
  func set(_ done: UInt64, of total: UInt64) {
    guard isOn else { return }
    state.withLock { state in
      state.done = done
      state.total = total
      show(&state)
    }
  }

  /// Takes the bar away, for other output or for good.
  func hide() {
    guard isOn else { return }
    state.withLock { state in
      if state.isShown { Standard.tell("\r\u{1B}[K") }
      state.isShown = false
    }
  }

  private func show(_ state: inout State) {
    let now = ContinuousClock.now
    guard now >= state.next else { return }
    state.next = now + Self.pause
    state.isShown = true
    Standard.tell("\r" + Self.line(label, done: state.done, total: state.total) + "\u{1B}[K")
  }

  /// `label [#####     ] 42 %  1.5 MiB of 3.6 MiB`.
  static func line(_ label: String, done: UInt64, total: UInt64) -> String {
    let part = total == 0 ? 0 : min(1, Double(done) / Double(total))
    let filled = Int(part * Double(width))
    let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: width - filled)
    return "\(label) [\(bar)] \(Int(part * 100)) %  \(Units.bytes(done)) of \(Units.bytes(total))"
  }
}
