/// Names of elements as small numbers: a page has thousands of nodes and few names.
struct NameTable {
  /// No name.
  static let none: Int32 = 0
  /// Enough for any page; what comes later stays nameless.
  private static let most = 100_000

  private var names = [""]
  private var numbers: [String: Int32] = [:]

  subscript(number: Int32) -> String { names[Int(number)] }

  mutating func number(of name: ArraySlice<UInt8>) -> Int32 {
    let name = String(decoding: name, as: UTF8.self)
    if let number = numbers[name] { return number }
    guard names.count < Self.most, !name.isEmpty else { return Self.none }
    let number = Int32(names.count)
    names.append(name)
    numbers[name] = number
    return number
  }
}
