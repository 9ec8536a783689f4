/// What a training went through.
package struct SelectionReport: Sendable, Equatable {
  /// Sessions and visitors that counted in the counting pass.
  package var sessions = 0
  package var visitors = 0
  /// Bytes given to both passes together, and those of them that were not known already and were looked at.
  package var givenBytes = 0
  package var examinedBytes = 0
  /// Different passages remembered when counting ended, and how many of them were public.
  package var passages = 0
  package var publicPassages = 0
  /// Passages forgotten for want of room.
  package var forgottenPassages = 0
  /// The most bytes that tables and kept text took at any time.
  package var peakMemory = 0

  package init() {}
}
