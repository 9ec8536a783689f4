internal import SegmentFiles

/// The journal in use: builds commit groups, writes each with one call, syncs it.
///
/// Only the committing thread touches it.
final class JournalWriter {
  let header: JournalHeader
  let identity: JournalIdentity
  let file: any StorageFile
  /// Offset at which the next group starts; all below it is written.
  private(set) var end = UInt64(JournalHeader.size)
  /// All below it is durable.
  private(set) var durable = UInt64(JournalHeader.size)
  /// Up to here the file is written, with zeros behind `end`: syncing into written space is cheaper.
  private var prepared = UInt64(JournalHeader.size)
  private let bytesAhead: UInt64
  /// Written ahead of a journal that has just begun. Groups up to this length are always prepared for.
  private static let leastAhead: UInt64 = 65_536
  /// Groups longer than this part of what may be written ahead are not prepared for: they use it up before enough syncs
  /// are cheaper for it, and writing zeros first costs more than it spares.
  private static let groupsAhead: UInt64 = 8

  private var staging = ByteWriter(reserving: 1 << 20)
  private var records: UInt32 = 0

  private init(_ header: JournalHeader, _ file: any StorageFile, bytesAhead: Int) {
    self.header = header
    identity = JournalIdentity(id: header.id, ordinal: header.ordinal, epoch: header.epoch)
    self.file = file
    self.bytesAhead = GroupHeader.aligned(UInt64(max(0, bytesAhead)))
  }

  /// Creates the file of a new journal and makes it and its name durable. It is not yet in the catalog.
  static func create(
    _ header: JournalHeader, _ environment: StoreEnvironment, _ layout: Layout, bytesAhead: Int
  ) throws(FileError) -> JournalWriter {
    let file = try environment.files.open(layout.journal(header.id), .create)
    do throws(FileError) {
      try file.writeBytes(header.encode(), at: 0)
      try file.syncData()
      try environment.files.syncDirectory(layout.journals)
    } catch {
      try? environment.files.unlink(layout.journal(header.id))
      throw error
    }
    return JournalWriter(header, file, bytesAhead: bytesAhead)
  }

  /// Whether zeros are written behind a group that many bytes long.
  private func preparesFor(_ length: UInt64) -> Bool {
    bytesAhead > 0 && length <= max(Self.leastAhead, bytesAhead / Self.groupsAhead)
  }

  /// Bytes that are staged for the next group.
  var stagedBytes: Int { staging.count }

  /// Starts a group. Whatever was staged and not written is forgotten.
  func beginGroup() {
    staging.bytes.removeAll(keepingCapacity: staging.bytes.capacity <= 8 << 20)
    staging.zeros(GroupHeader.size)
    records = 0
  }

  /// Adds a record to the group; returns where it will stand and how long its head is.
  func add(_ record: PreparedRecord, sequence: UInt64, received: Double) -> (offset: UInt64, headLength: Int) {
    let offset = end + UInt64(staging.count)
    let headLength = record.encode(
      into: &staging, journal: header.id, offset: offset, sequence: sequence, received: received)
    staging.zeros(Int(RecordHead.aligned(UInt64(staging.count))) - staging.count)
    records += 1
    return (offset, headLength)
  }

  /// Writes the group. Where there is no room for it the journal is as it was, durably: a crash does not bring back what was
  /// refused. After any other error nothing is known.
  func writeGroup(at now: Double) throws(FileError) {
    let group = GroupHeader(
      journal: header.id, offset: end, durable: durable, length: UInt32(staging.count), records: records, written: now)
    staging.bytes.replaceSubrange(0..<GroupHeader.size, with: group.encode())
    let groupEnd = group.end
    staging.zeros(Int(groupEnd - end) - staging.count)
    do throws(FileError) {
      if groupEnd > prepared, preparesFor(groupEnd - end) {
        // In step with the journal: where little comes in a minute, most of a fixed piece would be written for nothing.
        let ahead = groupEnd + min(bytesAhead, GroupHeader.aligned(max(Self.leastAhead, groupEnd / 4)))
        let length = staging.count
        staging.zeros(Int(ahead - groupEnd))
        do throws(FileError) {
          try unsafe file.write(staging.bytes.span.bytes, at: end)
          prepared = ahead
        } catch  where error.errno == ErrorNumber.noSpace || error.errno == ErrorNumber.quota {
          // Room for the group alone is enough.
          try file.truncate(to: max(prepared, end))
          try unsafe file.write(staging.bytes.span.bytes.extracting(0..<length), at: end)
          prepared = max(prepared, groupEnd)
        }
      } else {
        try unsafe file.write(staging.bytes.span.bytes, at: end)
        prepared = max(prepared, groupEnd)
      }
    } catch {
      try retract()
      throw error
    }
    end = groupEnd
  }

  /// Takes back what was written of a group. All of it may have reached the disk, and be a group like any other.
  private func retract() throws(FileError) {
    try file.truncate(to: end)
    prepared = end
    try file.syncData()
    durable = end
  }

  /// Makes all that was written durable. After an error nothing is known: the handle is of no more use.
  func sync() throws(FileError) {
    guard durable < end else { return }
    try file.syncData()
    durable = end
  }

  /// Gives back the space written ahead, before the journal is sealed.
  func trim() throws(FileError) {
    if prepared > end { try file.truncate(to: end) }
    prepared = end
  }
}
