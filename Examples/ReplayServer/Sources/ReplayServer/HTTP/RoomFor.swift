import Synchronization

/// So many at once, and no more.
final class RoomFor: Sendable {
  private let most: Int
  private let taken = Mutex(0)

  init(_ most: Int) { self.most = most }

  /// How many are in.
  var count: Int { taken.withLock { $0 } }

  /// A place, until it is let go; nil where there is none left.
  func enter() -> Place? {
    let isIn = taken.withLock { taken in
      if taken >= most { return false }
      taken += 1
      return true
    }
    return isIn ? Place(self) : nil
  }

  /// Given back when the last reference to it goes, so that no way out of a request can forget it.
  final class Place: Sendable {
    private let room: RoomFor

    fileprivate init(_ room: RoomFor) { self.room = room }

    deinit { room.taken.withLock { $0 -= 1 } }
  }
}
