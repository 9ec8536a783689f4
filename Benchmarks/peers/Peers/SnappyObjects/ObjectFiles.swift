/// The files that blocks are appended to, `day-N/ID.blocks`.
final class ObjectFiles {
  /// A file takes no more blocks once it is this long, bytes: erasing a session rewrites whole files.
  static let full = 16 << 20
  /// Files that are kept open to be appended to.
  private static let openAtMost = 16

  private struct Writer {
    var file: PeerFile
    var record: ObjectRecord
  }

  private let folder: String
  private var writers: [Int: Writer] = [:]
  private var nextID: Int64 = 1

  /// Removes files that no object of the index names: what a crash left.
  init(_ folder: String, objects: [ObjectRecord]) throws {
    self.folder = folder
    nextID = (objects.map(\.id).max() ?? 0) + 1
    let known = Set(objects.map(path))
    for day in try PeerFolder.names(folder) where day.hasPrefix("day-") {
      for name in try PeerFolder.names("\(folder)/\(day)") where !known.contains("\(folder)/\(day)/\(name)") {
        try PeerFolder.remove("\(folder)/\(day)/\(name)")
      }
    }
  }

  func path(_ object: ObjectRecord) -> String { "\(folder)/day-\(object.day)/\(object.id).blocks" }

  /// Appends blocks of a day durably. `newest` is asked for the day's last object where none is open. What comes back
  /// says where they are; the object has the length it has with them, and the caller puts that into the index.
  func append(_ blocks: [[UInt8]], toDay day: Int, newest: () throws -> ObjectRecord?) throws -> (ObjectRecord, [Int]) {
    var writer = try writers.removeValue(forKey: day) ?? open(day: day, newest: newest())
    var offsets: [Int] = []
    var joined: [UInt8] = []
    for block in blocks {
      offsets.append(writer.record.length + joined.count)
      joined += block
    }
    let isNew = writer.record.length == 0
    try writer.file.append(joined)
    try writer.file.syncData()
    if isNew { try PeerFolder.sync("\(folder)/day-\(day)") }
    writer.record.length += joined.count
    if writer.record.length < ObjectFiles.full {
      if writers.count >= ObjectFiles.openAtMost { writers.removeAll() }
      writers[day] = writer
    }
    return (writer.record, offsets)
  }

  /// What was appended and is not in the index is cut off when its file is opened again.
  func forgetOpen() { writers.removeAll() }

  func read(_ place: BlockPlace, day: Int, from open: inout [Int64: PeerFile]) throws -> [UInt8] {
    let file =
      try open[place.object] ?? PeerFile(path(ObjectRecord(id: place.object, day: day, length: 0)), .read)
    open[place.object] = file
    return try file.read(at: place.offset, count: place.length)
  }

  /// Copies stretches of an object into a new one, durably.
  func copy(_ stretches: [Range<Int>], of object: ObjectRecord) throws -> ObjectRecord {
    let copy = ObjectRecord(id: nextID, day: object.day, length: stretches.reduce(0) { $0 + $1.count })
    nextID += 1
    let source = try PeerFile(path(object), .read)
    let target = try PeerFile(path(copy), .create)
    for stretch in stretches {
      for offset in stride(from: stretch.lowerBound, to: stretch.upperBound, by: 1 << 20) {
        try target.append(source.read(at: offset, count: min(1 << 20, stretch.upperBound - offset)))
      }
    }
    try target.syncData()
    try PeerFolder.sync("\(folder)/day-\(object.day)")
    return copy
  }

  func remove(_ objects: [ObjectRecord]) throws {
    for object in objects { try PeerFolder.remove(path(object)) }
    for day in Set(objects.map(\.day)) { try PeerFolder.sync("\(folder)/day-\(day)") }
  }

  func remove(day: Int) throws {
    writers[day] = nil
    try PeerFolder.removeFolder("\(folder)/day-\(day)")
  }

  private func open(day: Int, newest: ObjectRecord?) throws -> Writer {
    try PeerFolder.make("\(folder)/day-\(day)")
    if let newest, newest.length < ObjectFiles.full {
      let file = try PeerFile(path(newest), .append)
      guard try file.size() >= newest.length else {
        throw PeerError("\(path(newest)) is shorter than the index says: restore it from a copy")
      }
      try file.truncate(to: newest.length)
      return Writer(file: file, record: newest)
    }
    let record = ObjectRecord(id: nextID, day: day, length: 0)
    nextID += 1
    return try Writer(file: PeerFile(path(record), .create), record: record)
  }
}
