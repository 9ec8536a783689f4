/// What a payment card number looks like, among all the other long numbers of pages: ids, times, barcodes, prices.
enum CardShape {
  /// A group of digits; groups with one separator between them make a run.
  private typealias Group = Range<Int>

  /// How issuers print numbers in groups, the longer first.
  private static let layouts = [[4, 4, 4, 4, 3], [4, 4, 4, 4], [4, 4, 4, 3], [4, 6, 5], [4, 6, 4], [6, 13]]
  /// More groups in a run are a list of numbers.
  private static let mostGroups = 32

  /// Looks at the run of digits that starts at `start`, calls `found` for each number in it, and returns where it ends.
  /// Numbers without separators count where `takesBare`: ids look the same.
  static func look(
    at start: Int, in text: Span<UInt8>, takesBare: Bool, _ found: (_ number: Range<Int>) -> Void
  ) -> Int {
    var end = start
    var digits = 0
    while end < text.count {
      if text[end].isDigit {
        digits += 1
        end += 1
      } else {
        let length = separator(at: end, in: text)
        guard length > 0, end + length < text.count, text[end + length].isDigit else { break }
        end += length
      }
    }
    guard digits >= 13 else { return end }
    let groups = self.groups(of: start..<end, in: text)
    guard groups.count <= mostGroups else { return end }
    var index = 0
    // Behind a number another may begin.
    var hasJustEnded = true
    while index < groups.count {
      if groups[index].count >= 13 {
        if takesBare, isBare(groups[index], in: text) { found(groups[index]) }
        hasJustEnded = true
      } else if hasJustEnded || groups[index - 1].count < 4, let last = layoutEnd(groups, index, in: text),
        isGrouped(groups, index...last, in: text)
      {
        found(groups[index].lowerBound..<groups[last].upperBound)
        index = last
        hasJustEnded = true
      } else {
        hasJustEnded = false
      }
      index += 1
    }
    return end
  }

  /// The length of the separator at an index: a space, a hyphen, a plus sign (a space in forms), a space that does not
  /// break; 0 where there is none.
  private static func separator(at index: Int, in text: Span<UInt8>) -> Int {
    switch text[index] {
    case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "+"): 1
    case 0xC2: index + 1 < text.count && text[index + 1] == 0xA0 ? 2 : 0
    default: 0
    }
  }

  private static func groups(of run: Range<Int>, in text: Span<UInt8>) -> [Group] {
    var groups: [Group] = []
    var index = run.lowerBound
    while index < run.upperBound, groups.count <= mostGroups {
      let start = index
      while index < run.upperBound, text[index].isDigit { index += 1 }
      groups.append(start..<index)
      while index < run.upperBound, !text[index].isDigit { index += 1 }
    }
    return groups
  }

  // MARK: In groups

  /// The last group of the layout that begins with a group and holds a number, all groups separated alike.
  private static func layoutEnd(_ groups: [Group], _ first: Int, in text: Span<UInt8>) -> Int? {
    for layout in layouts where first + layout.count <= groups.count {
      let last = first + layout.count - 1
      guard zip(groups[first...last], layout).allSatisfy({ $0.count == $1 }) else { continue }
      let mark = text[groups[first].upperBound]
      var isAlike = true
      for group in groups[first..<last] where text[group.upperBound] != mark { isAlike = false }
      if isAlike, CardNumber(groups[first].lowerBound..<groups[last].upperBound, in: text) != nil { return last }
    }
    return nil
  }

  private static func isGrouped(_ groups: [Group], _ part: ClosedRange<Int>, in text: Span<UInt8>) -> Bool {
    let (first, last) = (part.lowerBound, part.upperBound)
    // What goes on in groups as long is a list of numbers, years for one.
    if last + 1 < groups.count, 4..<13 ~= groups[last + 1].count, layoutEnd(groups, last + 1, in: text) == nil {
      return false
    }
    if isAccountNumber(groups[0], in: text) { return false }
    if first == 0, !isFreeBefore(groups[0].lowerBound, in: text) { return false }
    return last < groups.count - 1 || isFreeBehind(groups[last].upperBound, in: text)
  }

  /// An IBAN, which begins with two letters and two digits.
  private static func isAccountNumber(_ group: Group, in text: Span<UInt8>) -> Bool {
    let start = group.lowerBound
    return start > 1 && text[start - 1].isLetter && text[start - 2].isLetter && group.count >= 2
  }

  // MARK: Bare

  private static func isBare(_ group: Group, in text: Span<UInt8>) -> Bool {
    // `a1b2-4111111111111111` and the like.
    if group.lowerBound > 0, text[group.lowerBound - 1] == UInt8(ascii: "-") { return false }
    if group.upperBound < text.count, text[group.upperBound] == UInt8(ascii: "-") { return false }
    guard isFreeBefore(group.lowerBound, in: text), isFreeBehind(group.upperBound, in: text),
      let number = CardNumber(group, in: text), !number.isArticleNumber
    else { return false }
    if group.lowerBound > 0 {
      switch text[group.lowerBound - 1] {
      // The path of an address.
      case UInt8(ascii: "/"): return false
      // A telephone number has 15 digits at most.
      case UInt8(ascii: "+"): if group.count <= 15 { return false }
      default: break
      }
    }
    return !IdentifierName.isBefore(group.lowerBound, in: text)
  }

  // MARK: What is around it

  private static func isFreeBefore(_ start: Int, in text: Span<UInt8>) -> Bool {
    guard start > 0 else { return true }
    let byte = text[start - 1]
    // A fraction, a colour, something encoded.
    return !(byte.isOfName || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "%"))
  }

  private static func isFreeBehind(_ end: Int, in text: Span<UInt8>) -> Bool {
    guard end < text.count else { return true }
    if text[end] == UInt8(ascii: ".") { return end + 1 == text.count || !text[end + 1].isOfName }
    return !(text[end].isOfName || text[end] == UInt8(ascii: "@"))
  }
}
