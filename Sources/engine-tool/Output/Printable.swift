extension String {
  /// The text with everything replaced that a terminal would obey instead of showing it: control characters and changes
  /// of the writing direction. Addresses and tags come from browsers, and with them whatever somebody put in.
  var printable: String {
    guard unicodeScalars.contains(where: Self.isCommand) else { return self }
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars { text.append(Self.isCommand(scalar) ? "\u{FFFD}" : scalar) }
    return String(text)
  }

  private static func isCommand(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
