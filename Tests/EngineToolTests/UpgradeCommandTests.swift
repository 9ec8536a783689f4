import Foundation
import Testing

@testable import SegmentEngine

@Suite("engine-tool upgrade")
struct UpgradeCommandTests {
  @Test("says what the store records and what the tool writes, and changes nothing where they are equal")
  func equal() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ShopSessions.names(2))
      try ShopSessions.add(tool, ["live"], isFlushed: false)
      let before = try tool.content(of: "store")
      let text = try tool.expect(0, "upgrade store").text
      #expect(text == "recorded  format version 1\nnewest    format version 1\nnothing to do\n")
      let object = try tool.expect(0, "upgrade store --json").object()
      #expect(Set(object.keys) == ["schema", "recordedVersion", "newestVersion", "isNewest"])
      #expect(object["schema"] as? Int == 1 && object["isNewest"] as? Bool == true)
      #expect(object["recordedVersion"] as? Int == 1)
      #expect(object["newestVersion"] as? Int == ReplayStore.newestFormatVersion)
      #expect(try tool.content(of: "store") == before)
    }
  }

  @Test("may be run beside a process that writes")
  func beside() async throws {
    try await ToolProcess.inFolder { tool in
      let store = try await ReplayStore.open(tool.file("store").path)
      let key = SessionKey(id: "live")
      try await store.append(Array(ShopSessions.recording("live").utf8), to: key)
      try tool.expect(0, "upgrade store")
      #expect(try await store.append(Array(ShopSessions.recording("live").utf8), to: key).events == 3)
      try await store.close()
    }
  }

  @Test("refuses snapshots, what is no store, and stores of a version it does not know")
  func refused() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ["s-00"])
      try tool.expect(0, "snapshot store copy")
      let snapshot = try tool.expect(4, "upgrade copy")
      #expect(snapshot.errors.contains("[isSnapshot, ") && snapshot.output.isEmpty)
      try tool.expect(3, "upgrade nowhere")
      try tool.write("x", to: "file")
      try tool.expect(4, "upgrade file")
      try tool.expect(64, "upgrade")

      let store = try await ReplayStore.open(tool.file("store").path, mode: .readOnly)
      var state = store.core.catalog.state
      try await store.close()
      state.formatVersion = FormatVersion.newest + 1
      try Catalog.writeCopy(state, .system(), Layout(root: tool.file("store").path))
      let newer = try tool.expect(4, "upgrade store --json")
      #expect(newer.output.isEmpty && newer.errors.contains("[newerFormat, catalog]"))
      #expect(newer.errors.contains("is of format version 2, this engine knows up to 1; use a newer engine"))
    }
  }
}
