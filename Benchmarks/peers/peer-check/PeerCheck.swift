import Foundation
import Peers

/// Exercises every peer through the protocol on generated batches: `peer-check [FOLDER [NAME...]]`. The folder, which
/// is for the check alone, is a temporary one by default; names pick peers whose names begin so.
@main
enum PeerCheck {
  private static let peers: [any Peer.Type] = [
    RocksDBPeer.self, RocksDBSmallBlocksPeer.self, BlobDBPeer.self, SQLitePeer.self, SnappyObjectsPeer.self,
    GzipFilesPeer.self,
  ]

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == "--child" { child(arguments) }
    let base = arguments.first ?? NSTemporaryDirectory() + "/peer-check-\(ProcessInfo.processInfo.processIdentifier)"
    let names = arguments.dropFirst()
    var failed = false
    for (place, peer) in peers.enumerated() where names.isEmpty || names.contains(where: peer.name.hasPrefix) {
      let folders = ["\(base)/\(place)", "\(base)/\(place)-killed"]
      do {
        for folder in folders {
          try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        let report = try PeerLife.run(peer, in: folders[0])
        let rounds = try KillCheck.run(peer, place: place, in: folders[1])
        print("\(peer.name): holds (\(report); killed after \(rounds) rounds)")
      } catch {
        failed = true
        print("\(peer.name): FAILED: \(error)")
      }
      for folder in folders { try? FileManager.default.removeItem(atPath: folder) }
    }
    if arguments.isEmpty { try? FileManager.default.removeItem(atPath: base) }
    exit(failed ? 1 : 0)
  }

  /// What `KillCheck` starts: `--child PEER FOLDER`.
  private static func child(_ arguments: [String]) -> Never {
    guard arguments.count == 3, let place = Int(arguments[1]), peers.indices.contains(place) else { exit(2) }
    do {
      try KillCheck.child(peers[place], in: arguments[2])
      exit(0)
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }
}
