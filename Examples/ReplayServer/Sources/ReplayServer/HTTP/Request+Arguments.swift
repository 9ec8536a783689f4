import Hummingbird
import SegmentEngine

extension Request {
  /// The session the path names, its parts decoded.
  func sessionKey(_ context: BasicRequestContext) throws -> SessionKey {
    SessionKey(project: try part("project", context), id: try part("session", context))
  }

  /// A part of the path, decoded.
  func part(_ name: String, _ context: BasicRequestContext) throws -> String {
    guard let raw = context.parameters.get(name), let text = PercentDecoding.decode(raw), !text.isEmpty else {
      throw APIError.badRequest("the \(name) in the path is not right")
    }
    return text
  }

  /// A parameter of the query; nil where it is missing.
  func text(_ name: String) -> String? { uri.queryParameters[name[...]].map(String.init) }

  /// True for `name`, `name=1` and `name=true`.
  func flag(_ name: String) throws -> Bool {
    switch text(name) {
    case nil, "0", "false": false
    case "", "1", "true": true
    default: throw APIError.badRequest("\(name) is 1 or 0")
    }
  }

  /// Milliseconds since 1970.
  func time(_ name: String) throws -> Timestamp? {
    guard let text = text(name) else { return nil }
    guard let time = Double(text), time.isFinite, abs(time) < 1e16 else {
      throw APIError.badRequest("\(name) is a time in milliseconds since 1970")
    }
    return Timestamp(millisecondsSince1970: time)
  }

  /// The range of time from `from` to before `to`; nil where neither is given.
  func timeRange() throws -> Range<Timestamp>? {
    let (from, to) = (try time("from"), try time("to"))
    if from == nil, to == nil { return nil }
    let low = from ?? Timestamp(millisecondsSince1970: -1e16)
    let high = to ?? Timestamp(millisecondsSince1970: 1e16)
    guard low <= high else { throw APIError.badRequest("from is behind to") }
    return low..<high
  }

  /// What the query names by the text that the engine gave.
  func value<Value: LosslessStringConvertible>(_ name: String, _ what: String) throws -> Value? {
    guard let text = text(name) else { return nil }
    guard let value = Value(text) else { throw APIError.badRequest("\(name) is not \(what)") }
    return value
  }
}

/// Decodes `%41` in parts of paths.
enum PercentDecoding {
  /// Nil where it is broken or no UTF-8.
  static func decode(_ text: String) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, digits.allSatisfy({ isHex($0) }), let value = UInt8(Substring(digits), radix: 16) else {
        return nil
      }
      bytes.append(value)
      rest.removeFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
