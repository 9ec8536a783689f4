import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

@Suite("What each damage costs, what verify says of it, and what salvage brings back")
struct NamedDamageTests {
  private static let reference = Result { try ReferenceStore(.reference) }

  /// The events of each session that can be read, each of which must be the one that was put in; nil where reading fails.
  private static func read(
    _ core: StoreCore, _ reference: ReferenceStore, _ what: String
  ) -> [SessionKey: (events: Int, file: String?)] {
    var found: [SessionKey: (Int, String?)] = [:]
    for (key, session) in reference.sessions {
      let bytes: [UInt8]
      do throws(StoreError) { bytes = try core.exported(key).bytes } catch {
        found[key] = (0, error.location?.file ?? "")
        continue
      }
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      // In order, and nothing that was not put in.
      var place = session.lines.startIndex
      for line in lines {
        guard let at = session.lines[place...].firstIndex(of: line) else {
          Issue.record("\(what): \(key) reads what it never held: \(line)")
          break
        }
        place = at + 1
      }
      found[key] = (lines.count, nil)
    }
    return found
  }

  @Test(arguments: NamedDamage.all)
  func row(_ row: NamedDamage) throws {
    let reference = try Self.reference.get()
    var scene = try DamageScene(reference)
    try row.damage(&scene)
    let store = try scene.store()
    try salvaged(row, store, reference)
    let reader: StoreCore
    do throws(StoreError) { reader = try store.openReference() } catch {
      #expect(error.code == row.refusal, "\(row.name): \(error)")
      return
    }
    #expect(row.refusal == nil)
    let findings = try scene.findings(reader)
    let expected = try row.finds(scene).sorted()
    #expect(findings == expected, "\(row.name)")
    let found = Self.read(reader, reference, row.name)
    for (key, session) in reference.sessions {
      let isReadable = found[key]?.file == nil
      #expect(isReadable != row.unreadable.contains(key), "\(row.name): \(key), \(found[key]?.file ?? "")")
      if isReadable { #expect(found[key]?.events == row.read[key] ?? session.lines.count, "\(row.name): \(key)") }
    }
  }

  private func salvaged(_ row: NamedDamage, _ store: SimulatedStore, _ reference: ReferenceStore) throws {
    let target = Layout(root: "/salvaged")
    var run = SalvageRun(
      SimulatedStore.layout, into: target, store.environment(5), ReferenceStore.configuration, MaintenanceControl())
    let report = try run.run(isDryRun: false)
    #expect(report.catalog == row.catalog, "\(row.name)")
    let core = try StoreCore.openForReading(target, ReferenceStore.configuration, store.environment(6))
    #expect(try core.verified(deep: true).findings == [], "\(row.name)")
    let found = Self.read(core, reference, "salvaged, \(row.name)")
    for (key, session) in reference.sessions {
      #expect(found[key]?.events == row.salvaged[key] ?? session.lines.count, "salvaged, \(row.name): \(key)")
    }
    let isAll = reference.sessions.allSatisfy { found[$0.key]?.events == $0.value.lines.count }
    #expect(isAll || !report.isComplete || row.isBelieved, "\(row.name): it says that nothing is lost")
  }
}
