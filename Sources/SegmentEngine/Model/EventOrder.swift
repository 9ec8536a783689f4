/// The order in which events are given.
public enum EventOrder: Sendable, Hashable {
  /// As they came: by sequence.
  case arrival
  /// By timestamp, then sequence. An event whose timestamp is not plausible (more than 7 days from those it came with)
  /// stays behind the one it arrived after.
  case time
}
