import Foundation
import Peers

/// Exercises every peer through the protocol on generated batches: `peer-check [FOLDER [NAME...]]`. The folder, which is for
/// the check alone, is a temporary one by default; names pick peers whose names begin so.
@main
enum PeerCheck {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    let base = arguments.first ?? NSTemporaryDirectory() + "/peer-check-\(ProcessInfo.processInfo.processIdentifier)"
    let names = arguments.dropFirst()
    var failed = false
    let peers: [any Peer.Type] = [
      RocksDBPeer.self, RocksDBSmallBlocksPeer.self, BlobDBPeer.self, SQLitePeer.self, SnappyObjectsPeer.self,
      GzipFilesPeer.self,
    ]
    for (place, peer) in peers.enumerated() where names.isEmpty || names.contains(where: peer.name.hasPrefix) {
      let folder = "\(base)/\(place)"
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let report = try PeerLife.run(peer, in: folder)
        print("\(peer.name): holds (\(report))")
      } catch {
        failed = true
        print("\(peer.name): FAILED: \(error)")
      }
      try? FileManager.default.removeItem(atPath: folder)
    }
    if arguments.isEmpty { try? FileManager.default.removeItem(atPath: base) }
    exit(failed ? 1 : 0)
  }
}
