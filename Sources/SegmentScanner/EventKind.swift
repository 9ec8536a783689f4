/// What an event is, for indexes and summaries: its rrweb `type` and, of incremental events (type 3), its
/// `data.source`, as one code of 6 bits.
///
/// | code | event |
/// |---|---|
/// | 0-2, 4-7 | of that type |
/// | 8 | packed whole into a string by the recorder |
/// | 9 | of any other type |
/// | 16-62 | incremental, source = code - 16 |
/// | 63 | incremental, source missing, no integer, or above 46 |
package struct EventKind: RawRepresentable, Hashable, Sendable {
  /// The code.
  package let rawValue: UInt8

  /// A kind from its code; codes the table above does not have are kept as they are.
  @inlinable
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// DomContentLoaded, type 0.
  package static let domContentLoaded = EventKind(rawValue: 0)
  /// Load, type 1.
  package static let load = EventKind(rawValue: 1)
  /// FullSnapshot, type 2: the whole document.
  package static let fullSnapshot = EventKind(rawValue: 2)
  /// Meta, type 4: page address and viewport.
  package static let meta = EventKind(rawValue: 4)
  /// Custom, type 5.
  package static let custom = EventKind(rawValue: 5)
  /// Plugin, type 6: console lines and the like.
  package static let plugin = EventKind(rawValue: 6)
  /// Asset, type 7.
  package static let asset = EventKind(rawValue: 7)
  /// Packed whole into a string: neither type nor time can be seen.
  package static let packed = EventKind(rawValue: 8)
  /// Any other type.
  package static let other = EventKind(rawValue: 9)
  /// MouseInteraction, incremental with source 2.
  package static let mouseInteraction = EventKind(rawValue: incrementalBase + 2)
  /// Incremental without a source the code has room for.
  package static let unknownIncremental = EventKind(rawValue: 63)

  /// The highest `data.source` with a code of its own.
  package static let maximumSource = 46

  static let incrementalBase: UInt8 = 16

  /// The kind of an event that has this `type` and, if it is incremental, this `data.source` (nil where that is
  /// missing or no non-negative integer).
  package static func of(type: Int, source: Int?) -> EventKind {
    switch type {
    case 3:
      guard let source, 0...maximumSource ~= source else { return unknownIncremental }
      return EventKind(rawValue: incrementalBase + UInt8(truncatingIfNeeded: source))
    case 0...7: return EventKind(rawValue: UInt8(truncatingIfNeeded: type))
    default: return other
    }
  }

  /// True for rrweb's IncrementalSnapshot, type 3.
  package var isIncremental: Bool { Self.incrementalBase...63 ~= rawValue }

  /// The name in camelCase: `fullSnapshot`, `mutation`, `source17`, `incremental` for code 63; codes without a meaning
  /// are `kind10` and so on.
  package var name: String {
    let code = Int(rawValue)
    if code < Self.typeNames.count { return Self.typeNames[code] }
    guard isIncremental else { return "kind\(code)" }
    if self == .unknownIncremental { return "incremental" }
    let source = code - Int(Self.incrementalBase)
    return source < Self.sourceNames.count ? Self.sourceNames[source] : "source\(source)"
  }

  private static let typeNames = [
    "domContentLoaded", "load", "fullSnapshot", "incrementalSnapshot", "meta", "custom", "plugin", "asset", "packed",
    "other",
  ]

  private static let sourceNames = [
    "mutation", "mouseMove", "mouseInteraction", "scroll", "viewportResize", "input", "touchMove", "mediaInteraction",
    "styleSheetRule", "canvasMutation", "font", "log", "drag", "styleDeclaration", "selection", "adoptedStyleSheet",
    "customElement",
  ]
}
