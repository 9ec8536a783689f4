import Synchronization

/// Where what a peer delivered is kept until it is looked at.
final class Delivered: Sendable {
  private let kept = Mutex<[[UInt8]]>([])

  var pieces: [[UInt8]] { kept.withLock { $0 } }

  func keep(_ pieces: [[UInt8]]) { kept.withLock { $0 = pieces } }
}
