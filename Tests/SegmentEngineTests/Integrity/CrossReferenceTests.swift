import SegmentTestSupport
import Testing

@testable import SegmentEngine

@Suite("verify finds each fact that does not agree with another, though all checksums are right")
struct CrossReferenceTests {
  private static let reference = Result { try ReferenceStore(.reference) }

  @Test(arguments: CrossReference.all)
  func found(_ row: CrossReference) throws {
    var scene = try DamageScene(try Self.reference.get())
    try row.change(&scene)
    let reader = try scene.store().openReference()
    let findings = try reader.verified(deep: row.isDeep).findings.filter { $0.severity != .note }
    let named = findings.filter { scene.alias($0.file) == row.file }
    #expect(!named.isEmpty, "\(row.name): \(findings)")
    if let session = row.session { #expect(named.contains { $0.session == session }, "\(row.name): \(named)") }
  }

  @Test("Taken apart and put together without a change it is well")
  func unchanged() throws {
    for pack in ["second", "pinned"] {
      var scene = try DamageScene(try Self.reference.get())
      let before = scene[pack]
      try scene.changePack(pack) { _ in }
      #expect(scene[pack] == before)
      #expect(try scene.findings(try scene.store().openReference()) == [], "\(pack)")
    }
  }
}
