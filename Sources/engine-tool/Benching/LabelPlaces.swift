/// Puts labels beside points so that none covers another, where there is room.
struct LabelPlaces {
  /// A rectangle of a drawing.
  struct Box: Equatable {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    /// The area it shares with another.
    func overlap(_ other: Box) -> Double {
      max(0, min(right, other.right) - max(left, other.left)) * max(0, min(bottom, other.bottom) - max(top, other.top))
    }
  }

  /// Where a label's text begins, ends or has its middle, as `anchor` says.
  struct Place: Equatable {
    var x: Double
    var y: Double
    var anchor: String
  }

  private let bounds: Box
  private var taken: [Box]

  /// Letters are about so wide and lines so high, in units of the drawing.
  private static let (letter, line, gap) = (6.9, 15.0, 12.0)

  init(in bounds: Box, points: [(x: Double, y: Double)]) {
    self.bounds = bounds
    taken = points.map { Box(left: $0.x - 7, top: $0.y - 7, right: $0.x + 7, bottom: $0.y + 7) }
  }

  /// Keeps labels off a line, too.
  mutating func avoid(from: (x: Double, y: Double), to: (x: Double, y: Double)) {
    let steps = max(1, Int(max(abs(to.x - from.x), abs(to.y - from.y)) / 6))
    for step in 0...steps {
      let part = Double(step) / Double(steps)
      let (x, y) = (from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part)
      taken.append(Box(left: x - 3, top: y - 2, right: x + 3, bottom: y + 2))
    }
  }

  /// Takes the first place of right, left, above, below and the corners that covers nothing, or the one that covers
  /// least.
  mutating func place(_ text: String, at point: (x: Double, y: Double)) -> Place {
    let width = Double(text.count) * Self.letter
    let choices: [(dx: Double, dy: Double, anchor: String)] = [
      (Self.gap, 4, "start"), (-Self.gap, 4, "end"), (0, -12, "middle"), (0, 22, "middle"), (8, -9, "start"),
      (8, 18, "start"), (-8, -9, "end"), (-8, 18, "end"), (0, -27, "middle"), (0, 37, "middle"),
    ]
    var best: (cost: Double, place: Place, box: Box)?
    for choice in choices {
      let place = Place(x: point.x + choice.dx, y: point.y + choice.dy, anchor: choice.anchor)
      let left = place.x - (choice.anchor == "start" ? 0 : choice.anchor == "end" ? width : width / 2)
      let box = Box(left: left, top: place.y - 11, right: left + width, bottom: place.y - 11 + Self.line)
      let outside = (box.right - box.left) * (box.bottom - box.top) - box.overlap(bounds)
      let cost = taken.reduce(outside * 4) { $0 + $1.overlap(box) }
      if cost < (best?.cost ?? .infinity) { best = (cost, place, box) }
      if cost == 0 { break }
    }
    guard let best else { return Place(x: point.x, y: point.y, anchor: "start") }
    taken.append(best.box)
    return best.place
  }
}
