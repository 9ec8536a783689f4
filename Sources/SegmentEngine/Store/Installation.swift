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
    try files.syncDirectory(folder)
    try files.unlink(temporary)
  }
}
