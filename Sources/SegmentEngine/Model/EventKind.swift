internal import SegmentScanner

/// What an event is: its rrweb `type`, and for incremental events (type 3) its `data.source`, as one byte.
///
/// 0-7 are the types; 16 + source the incremental events; 8 an event the recorder packed whole into a string; 9 any
/// other type; 63 an incremental event without a known source. Unknown ones are stored like all others.
public struct EventKind: RawRepresentable, Hashable, Comparable, Sendable {
  /// The code, 0-63.
  public let rawValue: UInt8

  /// A kind from its code.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// FullSnapshot, type 2: a keyframe.
  public static let fullSnapshot = EventKind(rawValue: 2)
  /// Meta, type 4: page address and viewport; precedes a FullSnapshot.
  public static let meta = EventKind(rawValue: 4)
  /// Custom, type 5.
  public static let custom = EventKind(rawValue: 5)
  /// Plugin, type 6.
  public static let plugin = EventKind(rawValue: 6)
  /// An event packed whole by the recorder: neither its type nor its time can be seen.
  public static let packed = EventKind(rawValue: 8)
  /// MouseInteraction, source 2.
  public static let mouseInteraction = EventKind(rawValue: 18)
  /// Input, source 5.
  public static let input = EventKind(rawValue: 21)

  /// The name, in camelCase: `fullSnapshot`, `mutation`, `source17`.
  public var name: String { SegmentScanner.EventKind(rawValue: rawValue).name }

  /// Orders by code.
  public static func < (a: EventKind, b: EventKind) -> Bool { a.rawValue < b.rawValue }

  /// True for what a person does: mouse, interaction, scroll, input, touch, drag.
  var isUserActivity: Bool {
    switch rawValue {
    case 17, 18, 19, 21, 22, 28: true
    default: false
    }
  }
}
