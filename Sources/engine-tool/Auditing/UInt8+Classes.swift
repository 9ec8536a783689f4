/// What a byte of text is, as far as ASCII goes.
extension UInt8 {
  var isDigit: Bool { self &- 0x30 < 10 }

  var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

  var isAlphanumeric: Bool { isDigit || isLetter }

  /// The letter in lower case, if it is one.
  var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

  /// A letter, digit or underscore: what names in programs are made of.
  var isOfName: Bool { isAlphanumeric || self == 0x5F }

  /// A byte of base64url, without padding.
  var isBase64URL: Bool { isOfName || self == 0x2D }

  /// The value of a hexadecimal digit.
  var hexDigit: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x37
    case 0x61...0x66: self - 0x57
    default: nil
    }
  }
}
