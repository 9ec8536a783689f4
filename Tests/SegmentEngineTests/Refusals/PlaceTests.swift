import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// Places where a store must not be.
@Suite struct PlaceTests {
  @Test func aNetworkFileSystemIsRefusedByName() throws {
    let disk = SimulatedDisk(seed: 1)
    disk.networkKind = "nfs"
    do {
      _ = try SimulatedStore(disk, seed: 1).openWriter()
      Issue.record("a store was opened on a network file system")
    } catch {
      #expect(error.code == .networkFileSystem)
      #expect(error.message.contains("nfs"))
    }
    #expect(disk.paths().isEmpty)
  }

  /// Needs root, who alone can give a folder away; others see nothing to test.
  @Test(.enabled(if: geteuid() == 0)) func aStoreOfAnotherUserIsReadButNotWritten() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("segment-owner-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try await ReplayStore.open(folder.path)
    try await store.close()
    try #require(unsafe chown(folder.path, 12_345, 12_345) == 0)
    for mode in [Mode.readWrite, .maintenance] {
      do {
        _ = try await ReplayStore.open(folder.path, mode: mode)
        Issue.record("another user's store was opened for \(mode)")
      } catch {
        #expect(error.code == .accessDenied)
        #expect(error.message.contains("12345"))
      }
    }
    let reader = try await ReplayStore.open(folder.path, mode: .readOnly)
    #expect(try await reader.sessions().sessions.isEmpty)
    try await reader.close()
  }
}
