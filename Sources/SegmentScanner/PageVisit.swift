/// An address that a Meta event (type 4) names.
package struct PageVisit: Hashable, Sendable {
  /// Place of the Meta event among the batch's events.
  package var event: Int
  /// `data.href`, unescaped; what is no UTF-8 repaired, and cut before the character that would go beyond
  /// `PageVisit.maximumBytes`.
  package var href: String

  /// The most an address is kept of, bytes of UTF-8.
  package static let maximumBytes = 2_048

  /// A visit to `href`, told by the event at that place.
  package init(event: Int, href: String) {
    self.event = event
    self.href = href
  }
}
