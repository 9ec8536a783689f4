/// A change of names that no sync of their directories has covered yet. All its entries change or none does.
struct NameChange: Sendable {
  struct Entry: Sendable {
    var directory: Int
    var name: String
    /// The node it stands for afterwards; nil when the name is gone.
    var node: Int?
  }

  var entries: [Entry]
  /// The nodes that gain or lose a name by it: the subject, and what a rename replaced.
  var nodes: [Int]
}
