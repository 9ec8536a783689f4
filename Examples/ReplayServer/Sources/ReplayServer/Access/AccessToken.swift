/// A secret that a client must know. Never printed.
public struct AccessToken: Sendable, CustomStringConvertible, CustomReflectable {
  let text: String

  /// A token from its text; nil where it is too short to be a secret, fewer than 16 bytes, or holds anything but
  /// printable ASCII.
  public init?(_ text: String) {
    guard text.utf8.count >= 16, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    self.text = text
  }

  /// Compares in a time that depends on the length of the candidate alone.
  func matches(_ candidate: some StringProtocol) -> Bool {
    let own = Array(text.utf8)
    var difference = own.count ^ candidate.utf8.count
    for (index, byte) in candidate.utf8.enumerated() { difference |= Int(byte ^ own[index % own.count]) }
    return difference == 0
  }

  /// Says nothing.
  public var description: String { "(secret)" }
  /// Shows nothing.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
