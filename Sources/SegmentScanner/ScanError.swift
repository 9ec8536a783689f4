/// What is wrong with an element of a batch, and where.
package struct ScanError: Error, Hashable, Sendable {
  /// Which element of the batch, from 0, rejected ones counted.
  package var ordinal: Int
  /// Of the byte at fault in the batch; for what is missing or too large, of the event's first byte; for what is
  /// truncated, of the end of the batch.
  package var byteOffset: Int
  /// What is wrong.
  package var reason: Reason

  /// An error at that byte of that element.
  package init(ordinal: Int, byteOffset: Int, reason: Reason) {
    self.ordinal = ordinal
    self.byteOffset = byteOffset
    self.reason = reason
  }

  /// What can be wrong with an event or a batch.
  package enum Reason: Hashable, Sendable {
    /// There is no event at all.
    case emptyBatch
    /// Against the grammar of JSON.
    case notJSON
    /// The batch ends inside an event or an array.
    case truncated
    /// More brackets are open at a time than `ScanLimits.maximumDepth`.
    case nestingTooDeep
    /// JSON, but neither an object nor a string with a compressed event in it.
    case notAnObject
    /// No `type`.
    case missingType
    /// A `type` that is no integer of 0-65,535.
    case badType
    /// No `timestamp`.
    case missingTimestamp
    /// A `timestamp` that is no finite number.
    case badTimestamp(BadTimestamp)
    /// A `timestamp` with a minus sign.
    case negativeTimestamp
    /// Longer than `ScanLimits.maximumEventBytes`.
    case eventTooLarge
    /// A control character inside a string, or elsewhere one that is no white space.
    case controlCharacter
    /// A closing bracket of the wrong kind, or one too many.
    case mismatchedBracket
    /// A second `type`, `timestamp` or `data`.
    case duplicateField
    /// Something else follows an event, where white space, a comma or the end belongs.
    case trailingGarbage
  }

  /// What a `timestamp` is instead of a finite number.
  package enum BadTimestamp: Hashable, Sendable {
    case string, null, boolean, container
    /// `NaN`, which JSON does not have.
    case notANumber
    /// `Infinity`, which JSON does not have, or a number beyond a Double.
    case infinite
  }
}

extension ScanError.Reason: CustomStringConvertible {
  /// The reason in words that follow "event 3 at byte 120: ".
  package var description: String {
    switch self {
    case .emptyBatch: "the batch holds no event"
    case .notJSON: "this is not JSON"
    case .truncated: "the batch ends before the event does"
    case .nestingTooDeep: "arrays and objects are nested too deep"
    case .notAnObject: "an event must be an object, or a string that a recorder has packed it into"
    case .missingType: "the event has no \"type\""
    case .badType: "\"type\" must be an integer of 0 to 65535"
    case .missingTimestamp: "the event has no \"timestamp\""
    case .badTimestamp(let problem): "\"timestamp\" must be a number of milliseconds, not \(problem.description)"
    case .negativeTimestamp: "\"timestamp\" must not be negative"
    case .eventTooLarge: "the event is larger than the limit"
    case .controlCharacter: "a control character stands here unescaped"
    case .mismatchedBracket: "this bracket closes nothing that is open"
    case .duplicateField: "\"type\", \"timestamp\" and \"data\" may occur only once in an event"
    case .trailingGarbage: "something follows the event that does not belong there"
    }
  }
}

extension ScanError.BadTimestamp: CustomStringConvertible {
  package var description: String {
    switch self {
    case .string: "a string"
    case .null: "null"
    case .boolean: "true or false"
    case .container: "an array or object"
    case .notANumber: "NaN"
    case .infinite: "infinite"
    }
  }
}

extension ScanError: CustomStringConvertible {
  package var description: String { "event \(ordinal) at byte \(byteOffset): \(reason)" }
}
