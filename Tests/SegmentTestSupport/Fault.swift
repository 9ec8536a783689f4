package import SegmentFiles

/// A failure that a `SimulatedDisk` is told to have.
package struct Fault: Sendable {
  /// Which operations it befalls. One that does not suit an operation (a short write and a read) passes it by.
  package enum Place: Sendable {
    /// The operation of that number (see `SimulatedDisk.operationCount`); for faults that stay, all from it on.
    case ordinal(Int)
    /// Operations on paths; for open files the path they were opened by. Also asked for those without a number.
    case matching(@Sendable (FileError.Operation, _ path: String) -> Bool)
  }

  package enum Kind: Sendable {
    /// Nothing is done and this number is thrown.
    case errno(Int32)
    /// A write stores only a random part from its beginning on, then throws `ENOSPC`.
    case shortWrite
    /// A sync of data throws `EIO`; what was dirty is taken for clean, so that a later sync that succeeds does
    /// not write it. Reads still see it, until the power goes.
    case failedSyncLosesDirtyData
    /// The same, and the cache is read from the disk again: reads no longer see what was dirty.
    case failedSyncRevertsDirtyData
    /// A read succeeds with one bit turned.
    case bitFlipOnRead
    /// A read succeeds with bytes from another place of the file, or of another file.
    case misdirectedRead
  }

  package enum Times: Sendable {
    case once
    case forGood
  }

  package var place: Place
  package var kind: Kind
  package var times: Times

  package init(_ kind: Kind, at place: Place, times: Times = .once) {
    self.kind = kind
    self.place = place
    self.times = times
  }

  func befalls(_ operation: FileError.Operation, _ path: String, ordinal: Int?) -> Bool {
    switch kind {
    case .errno: break
    case .shortWrite: guard operation == .write else { return false }
    case .failedSyncLosesDirtyData, .failedSyncRevertsDirtyData: guard operation == .sync else { return false }
    case .bitFlipOnRead, .misdirectedRead: guard operation == .read else { return false }
    }
    switch (place, times) {
    case (.ordinal(let wanted), .once): return ordinal == wanted
    case (.ordinal(let first), .forGood): return ordinal.map { $0 >= first } ?? false
    case (.matching(let matches), _): return matches(operation, path)
    }
  }
}
