extension SessionRef {
  /// The day as a number that keys and folders hold; an error where it is none.
  func checkedDay() throws -> UInt32 { try SessionRef.checked(day: day) }

  static func checked(day: Int) throws -> UInt32 {
    guard let day = UInt32(exactly: day), day < .max else {
      throw PeerError("day \(day) is not between 0 and 2^32 - 2")
    }
    return day
  }

  /// The id where it can stand in a key or be a file's name; an error otherwise.
  func checkedID() throws -> String {
    guard !id.isEmpty, id.utf8.count <= 200, id != ".", id != "..", !id.utf8.contains(0),
      !id.utf8.contains(UInt8(ascii: "/"))
    else { throw PeerError("session id '\(id)' is empty, longer than 200 bytes or no file's name") }
    return id
  }
}
