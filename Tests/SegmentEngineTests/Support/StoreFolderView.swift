internal import Foundation

/// The files of a store that another one's folder holds, as they are now.
struct StoreFolderView {
  let path: String

  init(_ path: String) throws { self.path = path }

  /// Files by their names relative to the store.
  func files() throws -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
      var isFolder: ObjCBool = false
      guard unsafe FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder),
        !isFolder.boolValue
      else {
        continue
      }
      found[name] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }
    return found
  }
}
