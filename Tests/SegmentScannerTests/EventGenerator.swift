/// Makes valid batches of many shapes, and what ruins them.
struct EventGenerator {
  private var random: SeededRandom
  /// Between tokens.
  private var spaces: [String] = [""]

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }

  mutating func chance(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &random) == 0 }

  private mutating func space() -> String { pick(spaces) }

  private mutating func text() -> String {
    let parts = [
      "a", "type", "timestamp", "}", "{", "[", "]", ",", ":", "\\\"", "\\\\", "\\n", "\\u0041", "é", "😀",
      "\\ud83d\\ude00",
      "\\ud83d", "x", "{\\\"type\\\":3,", ",\\\"timestamp\\\":5}", " ", "console",
      String(repeating: "long ", count: 15),
    ]
    return (0..<Int.random(in: 0...6, using: &random)).map { _ in pick(parts) }.joined()
  }

  private mutating func string() -> String {
    if chance(12) {
      return pick(["\"\\u001f\\u008b\\b\"", "\"\\u001f\u{8B}\"", "\"x\\u0001a\"", "\"xÚa\"", "\"x\u{9C}\""])
    }
    return "\"\(text())\""
  }

  private mutating func number() -> String {
    pick([
      "0", "1", "2", "3", "17", "-1", "-0", "1.5", "3.0", "3e0", "0.2e1", "1E400", "1e-400", "123456789012345678901",
      "46", "47",
    ])
  }

  private mutating func value(_ depth: Int) -> String {
    switch Int.random(in: 0..<(depth > 4 ? 3 : 6), using: &random) {
    case 0: return string()
    case 1: return number()
    case 2: return pick(["true", "false", "null"])
    case 3: return object(depth + 1, [])
    default:
      let items = (0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth + 1) }
      return "[" + space() + items.joined(separator: space() + "," + space()) + space() + "]"
    }
  }

  private mutating func key(_ name: String) -> String {
    guard chance(15), let first = name.unicodeScalars.first else { return "\"\(name)\"" }
    return "\"\\u00" + String(first.value, radix: 16) + name.dropFirst() + "\""
  }

  private mutating func object(_ depth: Int, _ members: [String]) -> String {
    var all = members
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let name = pick(["id", "node", "x\(text())", "level", "source2", "cw", "typo", "times", "delay", "payloaf"])
      all.append("\"\(name)\"" + space() + ":" + space() + value(depth))
    }
    if !chance(3) { all.shuffle(using: &random) }
    return "{" + space() + all.joined(separator: space() + "," + space()) + space() + "}"
  }

  private mutating func member(_ name: String, _ value: String) -> String {
    key(name) + space() + ":" + space() + value
  }

  private mutating func data() -> String {
    if chance(8) { return value(2) }
    var members: [String] = []
    if !chance(4) {
      members.append(member("source", chance(6) ? value(2) : pick(["0", "1", "2", "2", "5", "16", "2.0"])))
    }
    if chance(2) { members.append(member("type", chance(6) ? value(2) : pick(["0", "2", "2"]))) }
    if chance(3) { members.append(member("href", string())) }
    if chance(2) { members.append(member("plugin", pick(["\"rrweb/console@1\"", "\"rrweb\\/console@1\"", string()]))) }
    if chance(2) {
      let level = member("level", pick(["\"error\"", "\"\\u0065rror\"", "\"log\"", value(3)]))
      members.append(member("payload", chance(6) ? value(3) : object(3, [level])))
    }
    if chance(8) { members.append(member("source", number())) }
    return object(2, members)
  }

  /// A valid event; in rrweb's own order of keys where `isPlain`.
  mutating func event(isPlain: Bool) -> String {
    if !isPlain, chance(12) {
      return "\"" + pick(["\\u001f\\u008b", "x\u{9C}", "\\u0078\\u00da", "x^"]) + text() + "\""
    }
    let type = pick(["0", "1", "2", "3", "3", "3", "3", "4", "5", "6", "6", "7", "8", "99", "65535"])
    let time = pick([
      "0", "7", "1795454827019", "1795454827019.25", "1795454827019.0", "123456789012345", "17954548270190",
    ])
    if isPlain {
      spaces = [""]
      let data =
        type == "3" ? "{\"source\":\(pick(["0", "1", "2", "16", "46", "47", "99", "100", "2.0"])),\"type\":2}" : data()
      return "{\"type\":\(type),\"data\":\(data),\"timestamp\":\(time)}"
    }
    var members = [
      member("type", chance(8) ? pick(["3.0", "3e0", "0.3e1", "2e0", "6.0"]) : type),
      member("timestamp", chance(8) ? pick(["1.7e12", "0.1", "17954548270190123456789", "1e22", "1e23"]) : time),
    ]
    if !chance(8) { members.append(member("data", data())) }
    if chance(12) { members.append(member("cv", string())) }
    return object(1, members)
  }

  /// A valid batch in some style of white space, NDJSON or an array.
  mutating func batch(events count: Int) -> String {
    spaces = pick([[""], [""], [" "], ["", " ", "\t"], ["\n  ", "", "\r\n"]])
    let events = (0..<count).map { _ in event(isPlain: chance(3)) }
    let style = spaces
    defer { spaces = style }
    if chance(3) { return "[" + events.joined(separator: pick([",", ", ", "\n,\n"])) + "]" + pick(["", "\n"]) }
    return events.joined(separator: pick(["\n", "\n", "\r\n", " ", "\n\n"])) + pick(["", "\n"])
  }

  /// The same bytes with one to three changed, removed, doubled or put in.
  mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let telling = Array("{}[]\",:\\\n\r\t 0-.eEtfn1x\u{0}\u{1F}".utf8) + [0x7F, 0xC3, 0xFF]
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] = pick(telling)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(pick(telling), at: place)
      case 3:
        let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
        bytes.removeSubrange(place..<end)
      default:
        let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
        bytes.insert(contentsOf: Array(bytes[place..<end]), at: Int.random(in: 0...bytes.count, using: &random))
      }
    }
    return bytes
  }
}
