internal import SegmentFiles

/// Who holds a lock (FORMAT.md "Lock records"). The lock is the operating system's; this only tells about it.
package struct LockRecord: Sendable, Equatable {
  static let size = 256
  static let magic: UInt32 = 0x4B4C_4753  // SGLK
  static let hostLimit = size - 32

  package var isHeld: Bool
  /// A commit is written and not yet known to be synced.
  package var mark: Bool
  package var process: ProcessFacts
  package var taken: Double

  func encode() -> [UInt8] {
    var writer = ByteWriter(reserving: Self.size)
    let host = Array(process.host.utf8.prefix(Self.hostLimit))
    writer.u32(Self.magic)
    writer.u32(0)
    writer.u8(isHeld ? 1 : 0)
    writer.u8(mark ? 1 : 0)
    writer.u16(UInt16(host.count))
    writer.u32(process.process)
    writer.time(process.started)
    writer.time(taken)
    writer.raw(host)
    writer.zeros(Self.size - writer.count)
    writer.patch(Checksum.plain(writer.bytes, 8..<Self.size), at: 4)
    return writer.bytes
  }

  /// Nil where the bytes are no valid record, as after a loss of power.
  package static func decode(_ bytes: [UInt8]) -> LockRecord? {
    guard bytes.count == size else { return nil }
    var reader = ByteReader(bytes)
    do throws(FormatError) {
      guard try reader.u32() == magic, try reader.u32() == Checksum.plain(bytes, 8..<size) else { return nil }
      let held = try reader.u8()
      let mark = try reader.u8()
      let length = Int(try reader.u16())
      let process = try reader.u32()
      let started = try reader.time()
      let taken = try reader.time()
      guard length <= hostLimit else { return nil }
      let host = String(decoding: try reader.raw(length), as: UTF8.self)
      return LockRecord(
        isHeld: held == 1, mark: mark == 1,
        process: ProcessFacts(host: host, process: process, started: started), taken: taken)
    } catch {
      return nil
    }
  }

  /// The record in a lock file; nil where there is none that is valid.
  static func read(_ file: any StorageFile) throws(FileError) -> LockRecord? {
    decode(try file.readBytes(at: 0, count: size))
  }

  func write(to file: any StorageFile) throws(FileError) { try file.writeBytes(encode(), at: 0) }
}

/// The writer's or the maintainer's lock while it is held.
package final class HeldLock: Sendable {
  private let lock: any FileLock
  private let record: LockRecord

  private init(_ lock: any FileLock, _ record: LockRecord) {
    self.lock = lock
    self.record = record
  }

  /// Takes the lock at `path` or throws `.locked`, naming the holder.
  static func take(
    _ path: String, for what: String, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) -> HeldLock {
    let files = environment.files
    guard let lock = try inStore(layout, { () throws(FileError) in try files.lock(path, wait: false) }) else {
      throw holderError(path, for: what, environment, layout)
    }
    let record = LockRecord(
      isHeld: true, mark: false, process: environment.process, taken: environment.clock.now())
    // A full disk must not keep anyone from opening the store: the record only informs.
    do { try record.write(to: lock.file) } catch {
      guard error.errno == ErrorNumber.noSpace || error.errno == ErrorNumber.quota else {
        lock.release()
        throw StoreError(error, in: layout)
      }
    }
    return HeldLock(lock, record)
  }

  private static func holderError(
    _ path: String, for what: String, _ environment: StoreEnvironment, _ layout: Layout
  ) -> StoreError {
    var holder = "another process"
    if let file = try? environment.files.open(path, .read), let found = try? LockRecord.read(file) {
      holder =
        "process \(found.process.process) on \(found.process.host), started \(ISO8601.text(found.process.started))"
    }
    return StoreError(
      .locked, "the store is held for \(what) by \(holder)", location: .init(file: layout.relative(path)),
      isRetryable: true)
  }

  func release() {
    var free = record
    free.isHeld = false
    // Only tells; the release itself cannot fail.
    try? free.write(to: lock.file)
    lock.release()
  }
}
