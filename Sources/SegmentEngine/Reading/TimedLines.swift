internal import SegmentScanner

/// The events of a unit one by one, each with the time that orders it.
struct TimedLines {
  struct Line {
    var bytes: Range<Int>
    var sequence: UInt64
    var window: String
    /// Its timestamp where that is plausible, else that of the plausible one before it (or the unit's first): an event
    /// without a usable time stays where it arrived.
    var time: Double
    /// Its timestamp lies within the plausible range of the unit.
    var isPlausible: Bool
    var kind: EventKind
  }

  /// What orders events as long as nothing plausible is known.
  static let unknownTime = 0.0

  private let content: [UInt8]
  private let unit: Unit

  init(_ content: [UInt8], _ unit: Unit) {
    self.content = content
    self.unit = unit
  }

  func forEach(_ body: (Line) -> Void) {
    var lines = LineSplitter(content)
    var time = unit.range?.lowerBound ?? Self.unknownTime
    unit.runs.forEach { sequence, _, window in
      guard let bytes = lines.next() else { return }
      let probe = unsafe EventProbe.probe(content.span.bytes.extracting(bytes))
      let own = probe?.timestamp ?? .nan
      let isPlausible = unit.range?.contains(own) ?? false
      if isPlausible { time = own }
      body(
        Line(
          bytes: bytes, sequence: sequence, window: window, time: time,
          // An event packed whole has no time that could be implausible.
          isPlausible: isPlausible || (own.isNaN && unit.range != nil),
          kind: EventKind(rawValue: probe?.kind.rawValue ?? EventKind.packed.rawValue)))
    }
  }
}
