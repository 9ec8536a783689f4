import SegmentScanner
import Testing

struct EventKindTests {
  @Test("every type and source has its code")
  func codes() {
    for type in [0, 1, 2, 4, 5, 6, 7] { #expect(Int(EventKind.of(type: type, source: 3).rawValue) == type) }
    for source in 0...46 { #expect(Int(EventKind.of(type: 3, source: source).rawValue) == 16 + source) }
    for source in [nil, -1, 47, 65_535, .max] { #expect(EventKind.of(type: 3, source: source) == .unknownIncremental) }
    for type in [-1, 8, 9, 63, 65_535] { #expect(EventKind.of(type: type, source: 0) == .other) }
  }

  @Test("every code of the table has a name of its own")
  func names() {
    let codes: [UInt8] = [0, 1, 2, 4, 5, 6, 7, 8, 9] + Array(16...63)
    #expect(Set(codes.map { EventKind(rawValue: $0).name }).count == codes.count)
    #expect(EventKind.fullSnapshot.name == "fullSnapshot" && EventKind.packed.name == "packed")
    #expect(EventKind.of(type: 3, source: 0).name == "mutation" && EventKind.of(type: 3, source: 17).name == "source17")
    #expect(EventKind(rawValue: 12).name == "kind12" && EventKind(rawValue: 255).name == "kind255")
  }

  @Test("incremental kinds are 16 to 63")
  func incremental() {
    for code in UInt8.min...UInt8.max { #expect(EventKind(rawValue: code).isIncremental == (16...63 ~= code)) }
  }
}
