import ArgumentParser
import SegmentEngine

/// Shows what a store consists of.
struct Info: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what the store consists of and who writes to it.", discussion: "With --json one object.")

  @OptionGroup var options: StoreOptions

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    try await options.withStore(.readOnly) { store in
      let info = try await store.info()
      if json { try Standard.print(Self.document(info)) } else { try Standard.print(Self.text(info)) }
    }
  }

  private static func document(_ info: StoreInfo) -> JSONValue {
    .record([
      "id": .string(info.id),
      "formatVersion": .count(info.formatVersion),
      "createdMs": .time(info.created),
      "generation": .whole(info.generation),
      "commits": .whole(info.commits),
      "sessions": .count(info.sessions),
      "liveSessions": .count(info.liveSessions),
      "segments": .whole(info.segments),
      "events": .whole(info.events),
      "packedEvents": .whole(info.packedEvents),
      "rawBytes": .whole(info.rawBytes),
      "storedBytes": .whole(info.storedBytes),
      "ratio": info.storedBytes == 0 ? .null : .number(Double(info.rawBytes) / Double(info.storedBytes)),
      "recentPacks": .count(info.recentPacks.count),
      "recentPackBytes": .whole(info.recentPacks.bytes),
      "archivePacks": .count(info.archivePacks.count),
      "archivePackBytes": .whole(info.archivePacks.bytes),
      "journals": .count(info.journals.count),
      "journalBytes": .whole(info.journals.bytes),
      "damagedJournals": .count(info.damagedJournals),
      "dictionaries": .count(info.dictionaries.count),
      "dictionaryBytes": .whole(info.dictionaries.bytes),
      "catalogBytes": .whole(info.catalogBytes),
      "reserveBytes": .whole(info.reserveBytes),
      "goneSessions": .whole(info.goneSessions),
      "pinnedSessions": .count(info.pinnedSessions),
      "snapshotMs": .time(info.snapshotTime),
      "snapshots": .array(
        info.snapshots.map {
          ["path": .string($0.path), "timeMs": .time($0.time), "bytesHeld": .whole($0.bytesHeld)]
        }),
      "freeBytes": .whole(info.freeBytes),
      "writer": .optional(info.writer),
    ])
  }

  private static func text(_ info: StoreInfo) -> String {
    let ratio = Units.ratio(info.rawBytes, info.storedBytes)
    var text = Table.facts([
      "store": info.id,
      "format": "version \(info.formatVersion)",
      "created": Units.time(info.created),
      "writer": info.writer ?? "nobody",
      "sessions": "\(info.sessions), \(info.liveSessions) of them live",
      "events": "\(info.events) in \(Units.count(info.segments, "segment")) and the journals",
      "size": "\(Units.bytes(info.rawBytes)) raw, \(Units.bytes(info.storedBytes)) stored, ratio \(ratio)",
      "recent packs": files(info.recentPacks),
      "archive packs": files(info.archivePacks),
      "journals": files(info.journals),
      "dictionaries": files(info.dictionaries),
      "catalog": "\(Units.bytes(info.catalogBytes)), generation \(info.generation), "
        + Units.count(info.commits, "commit"),
      "reserve": info.reserveBytes == 0 ? "none" : "\(Units.bytes(info.reserveBytes)), for a full disk",
      "free": Units.bytes(info.freeBytes),
    ])
    if let time = info.snapshotTime { text += "a snapshot, made \(Units.time(time)); restore makes a store of it\n" }
    if info.pinnedSessions > 0 { text += "\(Units.count(UInt64(info.pinnedSessions), "session")) pinned\n" }
    if info.goneSessions > 0 {
      text += "\(Units.count(info.goneSessions, "session")) left out or let go early, and remembered\n"
    }
    for snapshot in info.snapshots {
      text += "snapshot \(snapshot.path) of \(Units.time(snapshot.time)) holds \(Units.bytes(snapshot.bytesHeld))\n"
    }
    if info.damagedJournals > 0 {
      text += "\(Units.count(UInt64(info.damagedJournals), "journal")) damaged; see verify\n"
    }
    if info.packedEvents > 0 { text += packedNote(info.packedEvents) }
    return text
  }

  private static func files(_ files: StoreInfo.Files) -> String {
    files.count == 0 ? "none" : "\(files.count), \(Units.bytes(files.bytes))"
  }

  /// What to know of events that the recorder compressed.
  static func packedNote(_ events: UInt64) -> String {
    events == 1
      ? "1 event was compressed by the recorder and does not compress further\n"
      : "\(events) events were compressed by the recorder and do not compress further\n"
  }
}
