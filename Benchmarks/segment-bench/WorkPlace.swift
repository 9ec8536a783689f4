import Foundation
import SegmentEngine

/// The folder the stores are made in: on the disk that is to be measured.
struct WorkPlace {
  let folder: String
  let rounds: Int

  init(_ folder: String, rounds: Int) throws {
    self.folder = folder
    self.rounds = rounds
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// A place for a store that does not exist yet.
  func fresh(_ name: String) throws -> Layout {
    let layout = Layout(root: "\(folder)/\(name)")
    try remove(layout)
    return layout
  }

  func remove(_ layout: Layout) throws {
    if FileManager.default.fileExists(atPath: layout.root) { try FileManager.default.removeItem(atPath: layout.root) }
  }

  func copy(_ layout: Layout, to other: Layout) throws {
    try remove(other)
    try FileManager.default.copyItem(atPath: layout.root, toPath: other.root)
  }

  func removeAll() {
    try? FileManager.default.removeItem(atPath: folder)
  }
}
