import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

/// The file systems that the contract tests hold to the same assertions.
enum Subject: String, CaseIterable, Sendable {
  case posix, simulated
}

/// An empty directory of a file system, as two processes see it. It is removed with the fixture.
final class FileSystemFixture {
  let files: any FileSystem
  let neighbour: any FileSystem
  let root: String
  private let isReal: Bool

  init(_ subject: Subject) throws {
    switch subject {
    case .posix:
      let directory = FileManager.default.temporaryDirectory.appending(path: "segment-files-\(UUID().uuidString)")
      root = directory.path(percentEncoded: false)
      files = POSIXFileSystem()
      neighbour = POSIXFileSystem()
      isReal = true
    case .simulated:
      let disk = SimulatedDisk(seed: 1)
      root = "/store"
      files = disk.process()
      neighbour = disk.process()
      isReal = false
    }
    try files.createDirectory(root)
  }

  deinit {
    if isReal { try? FileManager.default.removeItem(atPath: root) }
  }

  func path(_ name: String) -> String { root + "/" + name }

  /// Makes a file with this content.
  @discardableResult
  func make(_ name: String, _ content: [UInt8] = []) throws -> any StorageFile {
    let file = try files.open(path(name), .create)
    try file.writeBytes(content, at: 0)
    return file
  }

  /// Everything in a file, read anew by its name.
  func content(_ name: String) throws -> [UInt8] {
    let file = try files.open(path(name), .read)
    return try file.readBytes(at: 0, count: Int(file.facts().size))
  }
}

/// Bytes that differ from place to place, none of them 0.
func pattern(_ count: Int, salt: Int = 0) -> [UInt8] {
  (0..<count).map { UInt8(1 + ($0 * 7 + $0 / 251 + salt * 31) % 255) }
}

/// The number that a call fails with; nil when it does not.
func errorNumber(_ body: () throws -> Void) -> Int32? {
  do {
    try body()
    return nil
  } catch {
    return (error as? FileError)?.errno ?? -1
  }
}
