/// Finds the name that somebody who mistyped one probably meant.
enum NearName {
  /// The nearest of the names, where it is near: at most a third of its letters, and at least two, differ. Letter case
  /// does not count. O(the lengths multiplied), for each name; long texts are nobody's typing errors and are left out.
  static func of(_ text: String, among names: [String]) -> String? {
    guard text.utf8.count <= 48 else { return nil }
    var best: (name: String, distance: Int)?
    for name in names {
      let distance = distance(lowered(text), lowered(name))
      if distance <= max(2, name.utf8.count / 3), distance < name.utf8.count, distance < best?.distance ?? .max {
        best = (name, distance)
      }
    }
    return best?.name
  }

  /// For a message about a name that is none of these: the nearest, and all of them.
  static func hint(for text: String, among names: [String]) -> String {
    let all = names.joined(separator: ", ")
    guard let near = of(text, among: names) else { return "known are \(all)" }
    return "did you mean \(near)? Known are \(all)"
  }

  private static func lowered(_ text: String) -> [UInt8] {
    text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
  }

  /// Letters to insert, delete or replace.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, min(diagonal, row[j]) + 1)
      }
    }
    return row[b.count]
  }
}
