import Peers

/// The peers there are.
enum PeerList {
  static let all: [any Peer.Type] = [
    EnginePeer.self, RocksDBPeer.self, RocksDBSmallBlocksPeer.self, BlobDBPeer.self, SQLitePeer.self,
    SnappyObjectsPeer.self, GzipFilesPeer.self,
  ]

  /// The one that the others are held against.
  static var engine: String { EnginePeer.name }

  /// A peer's name as it is given on the command line and names its folder: lower case letters and digits alone.
  static func key(_ name: String) -> String {
    String(name.lowercased().filter { $0.isLetter || $0.isNumber })
  }

  /// The peers of these keys, in the order of `all`; all where none is given.
  static func chosen(_ keys: [String]) throws -> [any Peer.Type] {
    if keys.isEmpty { return all }
    if let unknown = keys.first(where: { wanted in !all.contains { matches($0, wanted) } }) {
      throw BenchError("there is no peer \(unknown); there are \(all.map { key($0.name) }.joined(separator: ", "))")
    }
    return all.filter { peer in keys.contains { matches(peer, $0) } }
  }

  /// By its key, or where no peer has just that one, by how keys begin.
  private static func matches(_ peer: any Peer.Type, _ wanted: String) -> Bool {
    if wanted == "engine" { return peer.name == engine }
    if all.contains(where: { key($0.name) == wanted }) { return key(peer.name) == wanted }
    return key(peer.name).hasPrefix(wanted)
  }
}
