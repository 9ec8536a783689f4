/// Which names of a page and a recorder may be shown. The page's author chose most of them, but some are made of what the
/// page shows, and a report about what should not be known must not tell it.
enum ShownName {
  private static let longest = 32
  /// More digits are a number, or part of a hash.
  private static let mostDigits = 3
  /// A run of letters and digits longer than this is no word.
  private static let longestRun = 24

  /// True for ids, classes and names of elements and attributes that may be shown.
  static func isElementName(_ name: some Collection<UInt8>) -> Bool {
    isName(name) { byte in
      switch byte {
      case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "["),
        UInt8(ascii: "]"):
        true
      default: false
      }
    }
  }

  /// A key of JSON, a custom event's tag or a plugin's name; `*` in the place of one that may not be shown.
  static func key(_ name: [UInt8]) -> String {
    let isShown = isName(name) { byte in
      switch byte {
      case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "$"),
        UInt8(ascii: "/"), UInt8(ascii: "@"), UInt8(ascii: " "):
        true
      default: false
      }
    }
    guard isShown, SecretSearch.everything.secrets(in: name.span).isEmpty else { return "*" }
    return String(decoding: name, as: UTF8.self)
  }

  private static func isName(_ name: some Collection<UInt8>, isMark: (UInt8) -> Bool) -> Bool {
    guard !name.isEmpty, name.count <= longest else { return false }
    var (digits, run) = (0, 0)
    for byte in name {
      if byte.isAlphanumeric {
        run += 1
        if byte.isDigit { digits += 1 }
        if digits > mostDigits || run > longestRun { return false }
      } else {
        guard isMark(byte) else { return false }
        run = 0
      }
    }
    return true
  }
}
