/// A secret in an event, before it is known which element that is: an event may tell so behind it.
struct Sighting {
  /// What it belongs to.
  enum Owner {
    /// Nothing but the page.
    case page
    /// A node of the window, by rrweb's id.
    case node(Int)
    /// A node that the event itself brings, by its index in `NodeDrafts`.
    case draft(Int)
    /// A value of JSON, by its path.
    case keys(String)
  }

  var secret: Secret
  var place: FindingPlace
  var owner: Owner
}
