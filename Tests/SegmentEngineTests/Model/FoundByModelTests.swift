import Testing

/// What the model test found, cut down by it: each failed once, and why is told with it.
@Suite struct FoundByModelTests {
  /// A session was archived, its finish came later and was found to be past its time when it was promoted: the later part
  /// was left out and the earlier one stayed until the next expiry, a recording that was not finished.
  @Test func whatIsPastItsTimeWhenItIsPromotedGoesWithItsEarlierPartAndNotBefore() {
    ModelRun(
      seed: 1003,
      [
        .policy(2),
        .append(slot: 7, events: 4, seed: 920598, isSynced: true, isNamed: true),
        .advance(hours: 25),
        .maintain(jobs: 127, isForced: false, isBeside: false),
        .finish(slot: 7, isOutside: false),
        .advance(hours: 136),
        .maintain(jobs: 127, isForced: true, isBeside: false),
      ]
    ).check()
  }

  /// A snapshot shared the pack that held the first part of a session, and another session in it had to stay: nothing in it
  /// was destroyed, and the pack of the second part expired by itself.
  @Test func aPartThatCannotGoKeepsTheOtherPartsOfItsSession() {
    ModelRun(
      seed: 1003,
      [
        .append(slot: 9, events: 1, seed: 723971, isSynced: true, isNamed: true),
        .policy(2),
        .append(slot: 7, events: 4, seed: 920598, isSynced: true, isNamed: true),
        .advance(hours: 25),
        .maintain(jobs: 127, isForced: true, isBeside: false),
        .append(slot: 9, events: 24, seed: 800471, isSynced: false, isNamed: true),
        .snapshot,
        .advance(hours: 28),
        .maintain(jobs: 127, isForced: false, isBeside: false),
        .finish(slot: 7, isOutside: false),
        .advance(hours: 136),
        .maintain(jobs: 127, isForced: true, isBeside: false),
      ]
    ).check()
  }

  /// Both parts of a session were in packs that never expire when the second was promoted, so nothing was written down that
  /// holds the first; then a policy gave both packs a day, and the first expired alone.
  @Test func aPolicyThatBringsADayBackLetsAllPartsOfASessionGoTogether() {
    ModelRun(
      seed: 1015,
      [
        .append(slot: 3, events: 4, seed: 797782, isSynced: false, isNamed: true),
        .advance(hours: 168),
        .maintain(jobs: 127, isForced: true, isBeside: false),
        .advance(hours: 218),
        .append(slot: 3, events: 8, seed: 471371, isSynced: false, isNamed: true),
        .policy(3),
        .advance(hours: 241),
        .maintain(jobs: 127, isForced: true, isBeside: true),
        .appendGroup(slot: 9, other: 4, seed: 259301),
        .advance(hours: 99),
        .policy(5),
        .maintain(jobs: 53, isForced: false, isBeside: false),
      ]
    ).check()
  }

  /// A session went on for longer than it is kept: its first part expired while the second was in a journal.
  @Test func theEarlierPartOfASessionThatGoesOnDoesNotExpire() {
    ModelRun(
      seed: 1017,
      [
        .append(slot: 3, events: 32, seed: 785178, isSynced: false, isNamed: true),
        .append(slot: 4, events: 1, seed: 340744, isSynced: false, isNamed: true),
        .advance(hours: 298),
        .append(slot: 7, events: 2, seed: 841354, isSynced: true, isNamed: true),
        .appendGroup(slot: 4, other: 8, seed: 951096),
        .maintain(jobs: 102, isForced: false, isBeside: true),
        .advance(hours: 286),
        .reopen,
        .policy(6),
        .append(slot: 7, events: 6, seed: 805382, isSynced: false, isNamed: false),
        .maintain(jobs: 127, isForced: false, isBeside: true),
      ]
    ).check()
  }

  /// A group for which there was no room was refused, and a loss of power brought it back: all of it had been written but
  /// the zeros behind it.
  @Test func whatWasRefusedForWantOfRoomDoesNotComeBackWithAPowerLoss() {
    ModelRun(
      seed: 125019,
      [
        .append(slot: 0, events: 7, seed: 873846, isSynced: false, isNamed: true),
        .fault(after: 12, kind: 2),
        .append(slot: 0, events: 2, seed: 445231, isSynced: true, isNamed: true),
        .append(slot: 0, events: 4, seed: 231904, isSynced: true, isNamed: false),
        .append(slot: 7, events: 5, seed: 933940, isSynced: true, isNamed: true),
        .retireDictionaries,
        .appendGroup(slot: 6, other: 5, seed: 785442),
        .crash(after: 19, fate: 2, seed: 12423),
        .eraseVisitor(0),
      ]
    ).check()
  }

  /// A keyframe without a plausible time of its own is ordered by its block, and what arrived before it is not behind it:
  /// a batch that was played as a whole, without a look at its events, was given all the same.
  @Test func whatArrivedBeforeAKeyframeWithoutATimeIsNotPlayedBehindIt() {
    ModelRun(
      seed: 100001,
      [
        .append(slot: 9, events: 6, seed: 850965, isSynced: true, isNamed: true),
        .append(slot: 9, events: 4, seed: 502632, isSynced: true, isNamed: false),
        .read(slot: 9, seed: 620036),
      ]
    ).check()
  }
}
