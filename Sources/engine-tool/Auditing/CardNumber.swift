/// The digits of a payment card number: of a known issuer, of a length it gives out, and with a valid check digit.
struct CardNumber {
  private let digits: [UInt8]

  /// The first digits of issuers, as ranges of numbers of so many digits, and the lengths they give out.
  private static let issuers: [(digits: Int, starts: ClosedRange<Int>, lengths: ClosedRange<Int>)] = [
    (1, 4...4, 13...13), (1, 4...4, 16...16), (1, 4...4, 19...19),  // Visa
    (2, 51...55, 16...16), (4, 2221...2720, 16...16),  // Mastercard
    (2, 34...34, 15...15), (2, 37...37, 15...15),  // American Express
    (4, 6011...6011, 16...19), (3, 644...649, 16...19), (2, 65...65, 16...19),  // Discover
    (3, 300...305, 14...14), (4, 3095...3095, 14...14), (2, 36...36, 14...14), (2, 38...39, 14...14),  // Diners Club
    (4, 3528...3589, 16...19),  // JCB
    (2, 62...62, 16...19),  // UnionPay
    (4, 5018...5018, 13...19), (4, 5020...5020, 13...19), (4, 5038...5038, 13...19), (4, 5893...5893, 13...19),
    (4, 6304...6304, 13...19), (4, 6759...6759, 13...19), (4, 6761...6763, 13...19),  // Maestro
    (4, 2200...2204, 16...19),  // Mir
    (4, 9792...9792, 16...16),  // Troy
  ]

  /// The number in a range of text, separators left out; nil where it is none.
  init?(_ range: Range<Int>, in text: Span<UInt8>) {
    var digits: [UInt8] = []
    for index in range where text[index].isDigit {
      if digits.count == 19 { return nil }
      digits.append(text[index] & 0x0F)
    }
    self.digits = digits
    guard digits.count >= 13, !digits.allSatisfy({ $0 == digits[0] }), hasIssuer, Self.isValid(digits)
    else { return nil }
  }

  /// True for the number on a barcode: 13 or 14 digits whose last is the check digit of those.
  var isArticleNumber: Bool {
    guard digits.count <= 14 else { return false }
    var sum = 0
    for (place, digit) in digits.reversed().enumerated() { sum += place % 2 == 0 ? Int(digit) : 3 * Int(digit) }
    return sum % 10 == 0
  }

  private var hasIssuer: Bool {
    Self.issuers.contains { issuer in
      issuer.lengths.contains(digits.count) && issuer.starts.contains(start(issuer.digits))
    }
  }

  /// The first digits as a number.
  private func start(_ count: Int) -> Int {
    var value = 0
    for digit in digits.prefix(count) { value = value * 10 + Int(digit) }
    return value
  }

  /// Luhn's check: every second digit from the last on counts twice, and its digits are added up.
  private static func isValid(_ digits: [UInt8]) -> Bool {
    var sum = 0
    for (place, digit) in digits.reversed().enumerated() {
      let value = place % 2 == 0 ? Int(digit) : 2 * Int(digit)
      sum += value > 9 ? value - 9 : value
    }
    return sum % 10 == 0
  }
}
