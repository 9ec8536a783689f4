import CoreMetrics
import Synchronization

/// One thing that is counted or measured.
final class MetricValue: Sendable {
  enum Kind: Sendable {
    case counter
    case gauge
    case summary

    /// As the text format names it.
    var type: String {
      switch self {
      case .counter: "counter"
      case .gauge: "gauge"
      case .summary: "summary"
      }
    }
  }

  let kind: Kind
  private let state = Mutex<(sum: Double, count: Int)>((0, 0))

  init(_ kind: Kind) { self.kind = kind }

  func read() -> (sum: Double, count: Int) { state.withLock { $0 } }

  private func add(_ value: Double) {
    state.withLock { state in
      state.sum += value
      state.count += 1
    }
  }

  private func put(_ value: Double) { state.withLock { $0 = (value, 1) } }
}

extension MetricValue: CounterHandler {
  func increment(by amount: Int64) { add(Double(amount)) }
  func reset() { put(0) }
}

extension MetricValue: FloatingPointCounterHandler {
  func increment(by amount: Double) { add(amount) }
}

extension MetricValue: MeterHandler {
  func set(_ value: Int64) { put(Double(value)) }
  func set(_ value: Double) { put(value) }
  func decrement(by amount: Double) { add(-amount) }
}

extension MetricValue: RecorderHandler {
  func record(_ value: Int64) { record(Double(value)) }
  func record(_ value: Double) {
    if kind == .summary { add(value) } else { put(value) }
  }
}

extension MetricValue: TimerHandler {
  func recordNanoseconds(_ duration: Int64) { add(Double(duration) / 1e9) }
}
