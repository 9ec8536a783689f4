internal import CSegmentEngine
internal import SegmentEngine

/// The engine's codes as numbers, and their names.
enum ErrorCodes {
  /// In the order of their numbers, from 1 on.
  private static let names: [StaticString] = [
    "invalidArgument", "invalidEvents", "emptyBatch", "eventTooLarge", "batchTooLarge", "batchConflict",
    "invalidPolicy", "notFound", "notAStore", "newerFormat", "locked", "networkFileSystem", "accessDenied", "wrongMode",
    "diskFull", "overloaded", "ioFailed", "damaged", "conflict", "sessionDropped", "sessionExpired", "sessionErased",
    "budgetExceeded", "clockAhead", "isSnapshot", "closed", "cancelled", "blockGone",
  ]

  private static let numbers = Dictionary(
    uniqueKeysWithValues: names.enumerated().map { ($1.description, UInt32($0 + 1)) })

  static func code(of code: StoreError.Code) -> segment_code {
    numbers[code.description].map { segment_code(rawValue: $0) } ?? SEGMENT_UNKNOWN
  }

  static func name(of code: segment_code) -> StaticString {
    if code == SEGMENT_OK { return "ok" }
    let number = Int(code.rawValue)
    return (1...names.count).contains(number) ? names[number - 1] : "unknown"
  }
}

extension StaticString {
  /// The text as C reads it; Swift ends static text with a NUL.
  var cText: UnsafePointer<CChar> { unsafe UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self) }
}
