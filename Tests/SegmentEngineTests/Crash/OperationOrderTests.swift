import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// The order of writes, syncs, links and renames, kept in a file: a sync that moves shows up in review.
///
/// `SEGMENT_UPDATE_GOLDEN=1 Scripts/test --filter OperationOrder` writes the file anew.
@Suite struct OperationOrderTests {
  @Test func aShortLifeWritesSyncsAndRenamesInTheOrderThatTheGoldenFileSays() throws {
    let disk = SimulatedDisk(seed: 3)
    disk.isLogging = true
    let store = SimulatedStore(disk, seed: 3)
    var lines: [String] = []
    func section(_ title: String, _ body: () throws -> Void) rethrows {
      let before = disk.log.count
      try body()
      lines.append("# \(title)")
      lines += disk.log[before...]
    }
    var writer: StoreWriter?
    var life = ScriptedLife(store)
    try section("create and open") { writer = try store.openWriter() }
    let open = try #require(writer)
    try section("append the first batch") { try life.append(open, [(ScriptedLife.first, 3)]) }
    try section("append the second batch") { try life.append(open, [(ScriptedLife.first, 3)]) }
    try section("seal the journal") { try open.rotate() }
    try section("flush") { try open.flush() }
    try section("close") { try open.close() }
    try section("open again") { writer = try store.openWriter(2) }
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("operation-order.txt")
    let found = Self.normalised(lines).joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["SEGMENT_UPDATE_GOLDEN"] != nil {
      try Data(found.utf8).write(to: file)
    }
    #expect(found == String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }

  /// Names of files by kind and order instead of their random identifiers.
  private static func normalised(_ lines: [String]) -> [String] {
    var names: [String: String] = [:]
    return lines.map { line in
      line.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
        var word = String(word)
        if word.hasPrefix("/store/") { word = String(word.dropFirst(7)) }
        guard let slash = word.firstIndex(of: "/"), let dot = word[slash...].firstIndex(of: "."),
          Identifier(word[word.index(after: slash)..<dot]) != nil
        else { return word }
        let kind = word[..<slash]
        let name = names[word] ?? "\(kind)/\(names.keys.count { $0.hasPrefix(kind) } + 1)\(word[dot...])"
        names[word] = name
        return name
      }.joined(separator: " ")
    }
  }
}
