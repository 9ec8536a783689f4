import SegmentFiles
import SegmentTestSupport

/// Short cuts for tests of the simulated disk.
extension SimulatedDisk {
  /// A disk with a durable, empty directory `/store`.
  static func prepared(seed: UInt64 = 1) throws -> SimulatedDisk {
    let disk = SimulatedDisk(seed: seed)
    let files = disk.process()
    try files.createDirectory("/store")
    try files.syncDirectory("/")
    return disk
  }

  /// A durable file with this content, still open.
  func durableFile(_ path: String, _ content: [UInt8]) throws -> any StorageFile {
    let files = process()
    let file = try files.open(path, .create)
    try file.writeBytes(content, at: 0)
    try file.syncData()
    try files.syncDirectory("/store")
    return file
  }
}

/// A small life with every kind of operation: two installed files, a replaced one, a journal.
func livedLife(_ disk: SimulatedDisk) throws {
  let files = disk.process()
  try files.createDirectory("/store")
  try files.syncDirectory("/")
  let journal = try files.open("/store/journal", .create)
  try files.syncDirectory("/store")
  for group in 0..<3 {
    try journal.writeBytes(pattern(1_500, salt: group), at: UInt64(group * 4_096))
    try journal.syncData()
  }
  for name in ["one", "two"] {
    let temporary = try files.open("/store/\(name).tmp", .create)
    try temporary.writeBytes(pattern(6_000), at: 0)
    try temporary.syncData()
    try files.link("/store/\(name).tmp", as: "/store/\(name)")
    try files.syncDirectory("/store")
    try files.unlink("/store/\(name).tmp")
  }
  let catalog = try files.open("/store/catalog.tmp", .create)
  try catalog.writeBytes(pattern(700), at: 0)
  try catalog.syncData()
  try files.rename("/store/catalog.tmp", to: "/store/one")
  try files.syncDirectory("/store")
  try journal.truncate(to: 4_096)
  try journal.punchHole(at: 0, count: 4_096)
  try journal.syncData()
  try files.unlink("/store/journal")
  try files.syncDirectory("/store")
}
