/// The file system as the engine sees it: a small set of synchronous calls, so that everything above it runs
/// unchanged over POSIX files and over the simulated disk of the tests.
///
/// Paths are plain strings with `/` between parts. Every call names its path in the error it throws.
/// All calls block; none may be made from the cooperative thread pool.
package protocol FileSystem: Sendable {
  /// Opens a file. `.create` fails with `EEXIST` where the name is taken; nothing is ever truncated by opening.
  func open(_ path: String, _ access: FileAccess) throws(FileError) -> any StorageFile
  /// Makes a directory readable by its owner alone (0700). Succeeds when it exists already as a directory.
  func createDirectory(_ path: String) throws(FileError)
  /// Names in a directory, without `.` and `..`, sorted by their bytes.
  func list(_ path: String) throws(FileError) -> [String]
  /// What stands at a path now, following no symbolic link in its last part; nil where there is nothing.
  func facts(at path: String) throws(FileError) -> FileFacts?
  /// Gives an existing file a second name; fails with `EEXIST` rather than replace.
  func link(_ existing: String, as new: String) throws(FileError)
  /// Renames, replacing what is there, as one atomic step.
  func rename(_ old: String, to new: String) throws(FileError)
  /// Removes a name; throws `ENOENT` where there is none.
  func unlink(_ path: String) throws(FileError)
  /// Makes the names in a directory durable.
  func syncDirectory(_ path: String) throws(FileError)
  /// Takes the advisory lock that the file at `path` stands for, creating the file where missing (it is never
  /// replaced or removed). Returns nil when another holder has it and `wait` is false. The lock is released by
  /// `FileLock.release()`, when the lock object goes, and by the kernel when the process ends.
  func lock(_ path: String, wait: Bool) throws(FileError) -> (any FileLock)?
  /// True while some process (this one included) holds the lock of the file at `path`; false where there is no file.
  /// Takes nothing and creates nothing.
  func isLocked(_ path: String) throws(FileError) -> Bool
  /// The volume that holds `path`.
  func volume(at path: String) throws(FileError) -> VolumeFacts
}

/// How a file is opened.
package enum FileAccess: Sendable {
  /// Reading only.
  case read
  /// Reading and writing a file that exists.
  case write
  /// A new file, 0600, for reading and writing; `EEXIST` where the name is taken.
  case create
}

/// An open file. Offsets are absolute: there is no current position to share between threads.
/// Closed by `close()` or when the last reference goes.
package protocol StorageFile: AnyObject, Sendable {
  /// Fills `buffer` from `offset` on and returns how many bytes were read: fewer than its size only at the end of the file.
  func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(FileError) -> Int
  /// Writes all of `bytes` at `offset`, growing the file where needed. After an error an unknown part of it is written.
  func write(_ bytes: RawSpan, at offset: UInt64) throws(FileError)
  /// Makes content and size durable (`fdatasync`). After an error nothing is known of what is on the disk.
  func syncData() throws(FileError)
  /// Cuts or extends (with a hole) to `size` bytes.
  func truncate(to size: UInt64) throws(FileError)
  /// Frees the disk space of a range, which then reads as zeros; where holes are not supported it throws `EOPNOTSUPP`.
  func punchHole(at offset: UInt64, count: UInt64) throws(FileError)
  /// Size and identity of the open file, also when its name is gone.
  func facts() throws(FileError) -> FileFacts
  /// Has the system read the file from the disk again, as far as it does not hold unwritten changes of it: for what was
  /// read and cannot be. Where the system cannot be asked nothing happens.
  func forgetCached()
  /// Has the system begin to read a range that will be asked for soon; returns at once. Where the system cannot be asked
  /// nothing happens.
  func prefetch(at offset: UInt64, count: UInt64)
  /// Closes; harmless when repeated. Reads and writes after it throw `EBADF`.
  func close()
}

extension StorageFile {
  package func forgetCached() {}
  package func prefetch(at offset: UInt64, count: UInt64) {}
}

/// A lock that is held. Its file's content is free for the holder's description of itself.
package protocol FileLock: AnyObject, Sendable {
  /// The lock's own file, open for reading and writing.
  var file: any StorageFile { get }
  /// Gives the lock back; harmless when repeated.
  func release()
}

/// What the file system says of a file.
package struct FileFacts: Sendable, Equatable {
  package enum Kind: Sendable { case file, directory, other }
  package var kind: Kind
  /// Bytes.
  package var size: UInt64
  /// Tells files apart on one volume while they exist.
  package var inode: UInt64
  /// User ID of the owner.
  package var owner: UInt32
  /// How many names it has.
  package var links: UInt64
  /// Bytes on the volume that it really takes.
  package var allocated: UInt64

  package init(kind: Kind, size: UInt64, inode: UInt64, owner: UInt32, links: UInt64, allocated: UInt64) {
    self.kind = kind
    self.size = size
    self.inode = inode
    self.owner = owner
    self.links = links
    self.allocated = allocated
  }
}

/// What is known of a volume.
package struct VolumeFacts: Sendable, Equatable {
  /// Bytes an ordinary user may still write.
  package var freeBytes: UInt64
  package var totalBytes: UInt64
  /// The name of a network file system (`nfs`, `cifs`, ...), where locks and durability cannot be relied on; else nil.
  package var networkKind: String?
  /// The name of a file system (`btrfs`, `zfs`, ...) that never writes over old blocks; else nil.
  package var copyOnWriteKind: String?

  package init(freeBytes: UInt64, totalBytes: UInt64, networkKind: String?, copyOnWriteKind: String? = nil) {
    self.copyOnWriteKind = copyOnWriteKind
    self.freeBytes = freeBytes
    self.totalBytes = totalBytes
    self.networkKind = networkKind
  }
}

/// A system call that failed.
package struct FileError: Error, Sendable, Equatable {
  package enum Operation: String, Sendable {
    case open, create, read, write, sync, truncate, punchHole, facts, list, createDirectory, link, rename, unlink
    case syncDirectory, lock, volume
  }
  package var operation: Operation
  package var path: String
  package var errno: Int32

  package init(_ operation: Operation, path: String, errno: Int32) {
    self.operation = operation
    self.path = path
    self.errno = errno
  }

  /// `EIO`.
  package static let inputOutput: Int32 = 5
}
