internal import SegmentFiles

/// Puts a finished file in its place without ever replacing one (FORMAT.md "The folder"):
/// 1. the temporary file is synced; 2. linked to its name, which fails where that is taken; 3. the folder of the name is
/// synced; 4. the temporary name is removed. Only then may the catalog name it. A crash in between leaves an orphan.
enum Installation {
  static func install(
    _ temporary: String, _ file: any StorageFile, as name: String, in folder: String, _ files: any FileSystem
  ) throws(FileError) {
    try file.syncData()
    try files.link(temporary, as: name)
    do throws(FileError) {
      try files.syncDirectory(folder)
    } catch {
      // From here on the name is this file's own, and may be taken back.
      try? files.unlink(name)
      throw error
    }
    try files.unlink(temporary)
  }
}
