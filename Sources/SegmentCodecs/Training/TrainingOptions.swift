/// What dictionary training takes for public, and the room it may use.
package struct TrainingOptions: Sendable, Equatable {
  /// Known visitors that must have seen a text. 1...255.
  package var minimumVisitors = 3
  /// Visitors of both kinds that make a text public when too few of them are known; every session without a visitor
  /// ID counts as one. Not below `minimumVisitors`; 1...255.
  package var minimumUnknown = 10
  /// Share of the sampled sessions, and of their visitors, that must have seen a text besides. 0...1.
  package var minimumShare = 0.05
  /// Leaves sessions without a visitor ID out.
  package var visitorsOnly = false
  /// The most bytes of content worth keeping. At most 256 MiB.
  package var contentLimit = 16 << 20
  /// Bytes that the tables of the counting pass may take, one of them being made larger included. At least 1 MiB is
  /// taken in any case. Full tables forget
  /// what was seen once, then what was seen rarely, so text is missed but none taken for public that is not.
  package var memoryLimit = 192 << 20
  /// New text at most this far apart is kept as one run, with the text between, which is kept elsewhere too: one long
  /// match costs less than several.
  package var joinedGap = 4096
  /// Runs with private text up to this long between them stay neighbours, with as many zero bytes between: where a
  /// session has other text of that length there, the match behind it costs next to nothing. Zero bytes tell how long
  /// the private text was, nothing else; 0 leaves one zero byte between all runs.
  package var chainedGap = 256
  /// The shortest run worth keeping, and the shortest beside private text.
  package var shortestRun = 32
  package var shortestCutRun = 64

  package init() {}
}

/// Whose session a text comes from.
package enum TrainingVisitor: Hashable, Sendable {
  /// A keyed hash of the visitor ID.
  case known(Hash128)
  /// A session without a visitor ID.
  case unknown
}
