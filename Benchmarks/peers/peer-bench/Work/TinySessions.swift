import Peers

/// Sessions of two batches of about 1 KB: a page as a snapshot, and a visitor who moves and clicks. Made from their
/// number, so that a million need not be kept anywhere.
struct TinySessions: Sendable {
  var count: Int

  static let days = 10

  var perDay: Int { max(1, count / Self.days) }

  /// The session of that number, from 0; those of a day follow one another.
  func session(_ number: Int) -> SessionRef {
    let digits = String(number)
    return SessionRef(
      day: min(number / perDay, Self.days - 1), id: "tiny-" + String(repeating: "0", count: 7 - digits.count) + digits)
  }

  func numbers(ofDay day: Int) -> Range<Int> {
    day == Self.days - 1 ? day * perDay..<count : day * perDay..<(day + 1) * perDay
  }

  /// When it begins, milliseconds since 1970: within an hour of the morning.
  func start(_ number: Int) -> Int64 {
    let session = session(number)
    return Calendar.start(of: session.day) + Recording.morning + Int64(number % 3_600) * 1_000
  }

  /// A batch of it: 0 the page, 1 and any later one the visitor.
  func batch(_ number: Int, _ place: Int) -> Batch {
    let start = start(number) + Int64(place) * 5_000
    var random = SeededRandom(UInt64(number) &* 64 &+ UInt64(place))
    var text = TinyText()
    var events = 0
    if place == 0 { events += text.page(at: start, &random) } else { events += text.visit(at: start, &random) }
    return Batch(
      session: session(number), number: place, window: "", received: start, first: start, last: text.last,
      events: events, keyframe: place == 0 ? start + 1 : nil, bytes: text.bytes)
  }

  /// The end of what the two batches hold.
  func end(_ number: Int) -> Int64 { batch(number, 1).last }
}

/// The bytes of a tiny batch.
private struct TinyText {
  var bytes: [UInt8] = []
  var last: Int64 = 0

  init() { bytes.reserveCapacity(1_280) }

  private static let words = [
    "account", "basket", "cancel", "delivery", "email", "filter", "garden", "help", "invoice", "jacket", "kitchen",
    "login", "market", "notice", "order", "price",
  ].map { Array($0.utf8) }

  mutating func page(at time: Int64, _ random: inout SeededRandom) -> Int {
    add(#"{"type":4,"data":{"href":"https://tiny.test/"#)
    add(Self.words[Int(random.next() & 15)])
    add(#"","width":1280,"height":720}"#)
    end(time)
    add(#"{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"body","attributes":{},"childNodes":["#)
    for place in 0..<9 {
      if place > 0 { add(",") }
      add(#"{"type":2,"tagName":"p","attributes":{"class":"item"},"childNodes":[{"type":3,"textContent":""#)
      add(Self.words[Int(random.next() & 15)])
      add(" ")
      add(random.next() % 10_000)
      add(#""}]}"#)
    }
    add(#"]}],"id":1},"initialOffset":{"left":0,"top":0}}"#)
    end(time + 1)
    return 2
  }

  mutating func visit(at time: Int64, _ random: inout SeededRandom) -> Int {
    for step in 0..<9 {
      add(#"{"type":3,"data":{"source":1,"positions":[{"x":"#)
      add(random.next() % 1_280)
      add(#","y":"#)
      add(random.next() % 720)
      add(#","id":"#)
      add(random.next() % 40)
      add(#","timeOffset":0}]}"#)
      end(time + Int64(step) * 500)
    }
    add(#"{"type":3,"data":{"source":2,"type":2,"id":"#)
    add(random.next() % 40)
    add(#","x":"#)
    add(random.next() % 1_280)
    add(#","y":120}"#)
    end(time + 4_700)
    return 10
  }

  private mutating func end(_ time: Int64) {
    add(#","timestamp":"#)
    add(UInt64(time))
    add("}\n")
    last = time
  }

  private mutating func add(_ text: StaticString) {
    unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func add(_ text: [UInt8]) { bytes += text }

  private mutating func add(_ number: UInt64) { bytes += String(number).utf8 }
}
