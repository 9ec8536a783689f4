/// The secrets of one event, as they are found.
struct Sightings {
  /// Nothing shorter is a secret: `a@b.co`.
  private static let shortest = 6
  /// A data URL that names its encoding does so within this.
  private static let longestMediaType = 128

  private let search: SecretSearch
  private(set) var list: [Sighting] = []
  /// Strings without their escapes.
  private var scratch: [UInt8] = []

  init(_ search: SecretSearch) { self.search = search }

  var count: Int { list.count }

  mutating func removeAll() { list.removeAll(keepingCapacity: true) }

  /// Forgets those behind the first `count`.
  mutating func keep(_ count: Int) { list.removeLast(list.count - count) }

  /// Looks at a string. Place and owner are asked for only where it holds something.
  mutating func look(
    at text: LenientJSONReader.Text, of reader: LenientJSONReader, takesBareCards: Bool = true,
    _ place: @autoclosure () -> FindingPlace, _ owner: @autoclosure () -> Sighting.Owner
  ) {
    guard text.range.count >= Self.shortest else { return }
    let secrets: [Secret]
    if text.hasEscapes {
      scratch.removeAll(keepingCapacity: true)
      reader.unescape(text, into: &scratch)
      secrets = search.secrets(in: scratch.span, takesBareCards: takesBareCards)
    } else {
      let span = reader.bytes.span.extracting(text.range)
      secrets = search.secrets(in: span, takesBareCards: takesBareCards)
    }
    add(secrets, place, owner)
  }

  /// Looks at characters.
  mutating func look(
    at characters: [UInt8], takesBareCards: Bool = true, _ place: @autoclosure () -> FindingPlace,
    _ owner: @autoclosure () -> Sighting.Owner
  ) {
    add(search.secrets(in: characters.span, takesBareCards: takesBareCards), place, owner)
  }

  private mutating func add(_ secrets: [Secret], _ place: () -> FindingPlace, _ owner: () -> Sighting.Owner) {
    guard !secrets.isEmpty else { return }
    let (place, owner) = (place(), owner())
    for secret in secrets { list.append(Sighting(secret: secret, place: place, owner: owner)) }
  }

  /// True for images, fonts and the like that stand in an address: megabytes of base64.
  static func isEncodedContent(_ text: LenientJSONReader.Text, of reader: LenientJSONReader) -> Bool {
    let range = text.range
    guard range.count > 5, reader.bytes[range.lowerBound] == UInt8(ascii: "d"),
      reader.bytes[range].starts(with: Array("data:".utf8))
    else { return false }
    let head = reader.bytes[range.lowerBound..<min(range.upperBound, range.lowerBound + longestMediaType)]
    guard let comma = head.firstIndex(of: UInt8(ascii: ",")) else { return false }
    return head[..<comma].reversed().starts(with: "46esab;".utf8)
  }
}
