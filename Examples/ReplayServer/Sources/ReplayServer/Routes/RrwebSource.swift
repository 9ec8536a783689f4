/// Where the pages find rrweb, which is not part of this server: at an address, or in a folder that it serves.
public struct RrwebSource: Sendable {
  /// A named version on a public network of mirrors. Its one script has both the recorder and the replayer.
  public static let publicAddress = "https://cdn.jsdelivr.net/npm/rrweb@2.0.0-alpha.4/dist"

  /// An address that starts with `https://` or `http://`, or the path of a folder.
  public var location: String
  /// The name of the script that has the recorder.
  public var recorder: String
  /// The name of the script that has the replayer: rrweb itself, or rrweb-player, which brings it along.
  public var player: String
  /// The name of the replayer's style sheet.
  public var style: String

  /// rrweb at an address or in a folder, with the file names that it has there.
  public init(
    location: String = publicAddress, recorder: String = "rrweb.min.js", player: String = "rrweb.min.js",
    style: String = "rrweb.min.css"
  ) {
    self.location = location
    self.recorder = recorder
    self.player = player
    self.style = style
  }

  /// Under which the files of a folder are served.
  static let folderAddress = "/rrweb/files"

  /// The folder; nil where it is an address.
  var folder: String? { isAddress ? nil : location }

  private var isAddress: Bool { location.hasPrefix("https://") || location.hasPrefix("http://") }

  /// The address of one of the files.
  func address(of name: String) -> String {
    if !isAddress { return "\(Self.folderAddress)/\(name)" }
    return location.hasSuffix("/") ? location + name : "\(location)/\(name)"
  }

  /// What a content security policy must allow beside the server itself; nil for nothing.
  var origin: String? {
    guard isAddress, let start = location.firstRange(of: "://") else { return nil }
    return String(location.prefix { $0 != "/" }) + "//" + location[start.upperBound...].prefix { $0 != "/" }
  }
}
