/// One recording: a session ID within a project.
///
/// Two keys are equal when their UTF-8 bytes are, not when Unicode holds them to be equivalent: "é" in one code point
/// and in two are different sessions.
public struct SessionKey: Sendable {
  /// The app or site the session comes from; 1-128 bytes of UTF-8 without control characters.
  public var project: String
  /// The session's ID within its project; 1-256 bytes of UTF-8 without control characters. Never used as a path.
  public var id: String

  /// Names a session. The limits are checked where the key is used.
  public init(project: String = "default", id: String) {
    self.project = project
    self.id = id
  }
}

extension SessionKey: Hashable {
  /// Equality of the bytes.
  public static func == (a: SessionKey, b: SessionKey) -> Bool {
    NameBytes.same(a.id, b.id) && NameBytes.same(a.project, b.project)
  }

  /// Feeds the bytes of both parts to the hasher.
  public func hash(into hasher: inout Hasher) {
    for part in [project, id] {
      var part = part
      part.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
      hasher.combine(0xFF as UInt8)
    }
  }
}

extension SessionKey: Comparable {
  /// The order of packs: by the bytes of the project, then of the ID.
  public static func < (a: SessionKey, b: SessionKey) -> Bool {
    if NameBytes.same(a.project, b.project) { return NameBytes.precedes(a.id, b.id) }
    return NameBytes.precedes(a.project, b.project)
  }
}

extension SessionKey: CustomStringConvertible {
  /// `project/id`, for messages.
  public var description: String { "\(project)/\(id)" }
}
