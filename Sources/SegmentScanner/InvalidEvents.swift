/// What becomes of a batch that holds invalid events.
package enum InvalidEvents: Hashable, Sendable {
  /// The first one is thrown, and nothing is kept.
  case reject
  /// They are left out and listed.
  case skip
}
