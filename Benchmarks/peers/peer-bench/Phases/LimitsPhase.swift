import CLZ4
import CPeerShims
import CZstd
import Foundation
import Peers

/// What the machine can do with the bytes of the part ingest, with nothing around it, on one thread.
struct LimitsPhase {
  let context: PhaseContext

  private static let clients = 64
  private static let syncs = 100

  init(_ context: PhaseContext) { self.context = context }

  func run() throws -> [String: Double] {
    let load = Loads.live(
      try context.recordings().measured, clients: Self.clients, bytes: context.options.ingestBytes)
    let batches = load.joined().map(\.bytes)
    let largest = batches.map(\.count).max() ?? 0
    let room = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(ZSTD_compressBound(largest), Int(LZ4_compressBound(Int32(largest)))), alignment: 64)
    defer { unsafe room.deallocate() }
    // Pages are given when they are written to first; that is no part of it.
    for place in stride(from: 0, to: room.count, by: 4_096) { unsafe room[place] = 0 }
    var figures: [String: Double] = [:]
    figures["limit.memcpy"] = unsafe rate(batches) {
      unsafe room.copyMemory(from: $0)
      return true
    }
    var sum: UInt32 = 0
    figures["limit.crc"] = unsafe rate(batches) { bytes in
      unsafe sum ^= peer_crc32c_thirds(bytes.baseAddress, bytes.count)
      return true
    }
    figures["limit.lz4"] = unsafe rate(batches) { bytes in
      let source = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress
      let target = unsafe room.assumingMemoryBound(to: CChar.self)
      return unsafe LZ4_compress_default(source, target.baseAddress, Int32(bytes.count), Int32(target.count)) > 0
    }
    figures["limit.find"] = find(batches)
    guard let zstd = unsafe ZSTD_createCCtx() else { throw BenchError("zstd has no memory") }
    defer { unsafe ZSTD_freeCCtx(zstd) }
    figures["limit.zstd"] = unsafe rate(batches) { bytes in
      let size = unsafe ZSTD_compressCCtx(zstd, room.baseAddress, room.count, bytes.baseAddress, bytes.count, 3)
      return ZSTD_isError(size) == 0
    }
    guard figures.values.allSatisfy({ $0.isFinite }) else { throw BenchError("a batch could not be compressed") }
    figures.merge(try disk(batches)) { first, _ in first }
    return figures
  }

  /// How fast the harness finds the times and keyframes that peers are given, MB/s.
  private func find(_ batches: [[UInt8]]) -> Double {
    let began = Ticks.now
    let events = batches.reduce(0) { $0 + Lines.events(of: $1).count { $0.time != nil } }
    return events == 0 ? .nan : Double(batches.reduce(0) { $0 + $1.count }) / 1e6 / began.seconds
  }

  /// MB/s; no number where it failed.
  private func rate(_ batches: [[UInt8]], _ body: (UnsafeRawBufferPointer) -> Bool) -> Double {
    let bytes = batches.reduce(0) { $0 + $1.count }
    let began = Ticks.now
    let isDone = batches.allSatisfy { unsafe $0.withUnsafeBytes(body) }
    return isDone ? Double(bytes) / 1e6 / began.seconds : .nan
  }

  /// The same bytes to a file, with a sync for each 64 batches; and a page with a sync each.
  private func disk(_ batches: [[UInt8]]) throws -> [String: Double] {
    try Folder.fresh(context.folder)
    defer { try? Folder.remove(context.folder) }
    let file = try SyncedFile(context.store("limit"))
    let began = Ticks.now
    for (place, batch) in batches.enumerated() {
      try file.write(batch)
      if (place + 1) % Self.clients == 0 { try file.sync() }
    }
    try file.sync()
    let bytes = Double(batches.reduce(0) { $0 + $1.count })
    let rate = bytes / 1e6 / began.seconds
    let page = [UInt8](repeating: 0x55, count: 4_096)
    var taken: [Double] = []
    for _ in 0..<Self.syncs {
      let began = Ticks.now
      try file.write(page)
      try file.sync()
      taken.append(began.milliseconds)
    }
    return ["limit.disk": rate, "limit.sync": Quantile.median(taken)]
  }
}

/// A file that is written from front to back.
private final class SyncedFile {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = unsafe Foundation.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    if descriptor < 0 { throw BenchError("\(path) cannot be made (errno \(errno))") }
  }

  deinit { Foundation.close(descriptor) }

  func write(_ bytes: [UInt8]) throws {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { all in
        unsafe all.baseAddress.map { unsafe Foundation.write(descriptor, $0 + done, all.count - done) } ?? -1
      }
      if count <= 0 { throw BenchError("writing to the disk failed (errno \(errno))") }
      done += count
    }
  }

  func sync() throws {
    if fdatasync(descriptor) != 0 { throw BenchError("syncing the disk failed (errno \(errno))") }
  }
}
