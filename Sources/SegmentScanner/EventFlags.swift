/// Properties of an event that summaries count.
package struct EventFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A console line of level `error`, as rrweb's console plugin records it.
  package static let error = EventFlags(rawValue: 1)
  /// A mouse click.
  package static let click = EventFlags(rawValue: 2)
  /// Holds data that the recorder has compressed.
  package static let packed = EventFlags(rawValue: 4)
  /// Line feeds or carriage returns stand between its tokens.
  package static let hasLineBreaks = EventFlags(rawValue: 8)
}
