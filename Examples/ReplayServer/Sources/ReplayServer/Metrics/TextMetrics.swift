public import CoreMetrics
import Synchronization

/// Keeps what is counted through swift-metrics and writes it as Prometheus reads it: counters, meters as gauges, recorders
/// and timers as sum and count (timers in seconds).
public final class TextMetrics: MetricsFactory, Sendable {
  private struct Name: Hashable, Comparable {
    var label: String
    var dimensions: String

    static func < (a: Name, b: Name) -> Bool { (a.label, a.dimensions) < (b.label, b.dimensions) }
  }

  private let values = Mutex<[Name: MetricValue]>([:])

  /// Nothing counted yet.
  public init() {}

  /// All of it, in order of name.
  public func text() -> String {
    let all = values.withLock { $0 }.sorted { $0.key < $1.key }
    var text = ""
    var last = ""
    for (name, value) in all {
      if name.label != last { text += "# TYPE \(name.label) \(value.kind.type)\n" }
      last = name.label
      let (sum, count) = value.read()
      switch value.kind {
      case .counter, .gauge: text += "\(name.label)\(name.dimensions) \(sum)\n"
      case .summary:
        text += "\(name.label)_sum\(name.dimensions) \(sum)\n\(name.label)_count\(name.dimensions) \(count)\n"
      }
    }
    return text
  }

  private func value(_ label: String, _ dimensions: [(String, String)], _ kind: MetricValue.Kind) -> MetricValue {
    let pairs = dimensions.map { "\(Self.name($0.0))=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    let name = Name(label: Self.name(label), dimensions: pairs.isEmpty ? "" : "{\(pairs)}")
    return values.withLock { values in
      if let value = values[name] { return value }
      let value = MetricValue(kind)
      values[name] = value
      return value
    }
  }

  private func forget(_ handler: AnyObject) {
    values.withLock { values in values = values.filter { $0.value !== handler } }
  }

  private static func name(_ text: String) -> String {
    String(text.map { ($0.isASCII && ($0.isLetter || $0.isNumber)) || $0 == "_" ? $0 : "_" })
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  /// A counter.
  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    value(label, dimensions, .counter)
  }
  /// A counter of fractions.
  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    value(label, dimensions, .counter)
  }
  /// A gauge.
  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    value(label, dimensions, .gauge)
  }
  /// Sum and count where it aggregates, otherwise a gauge.
  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    value(label, dimensions, aggregate ? .summary : .gauge)
  }
  /// Sum and count, in seconds.
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    value(label, dimensions, .summary)
  }
  /// Forgets it.
  public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
  /// Forgets it.
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }
  /// Forgets it.
  public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
  /// Forgets it.
  public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
  /// Forgets it.
  public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }
}
