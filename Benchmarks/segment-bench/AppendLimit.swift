import CSegmentLZ4
import Foundation
import SegmentCodecs
import SegmentFiles

/// What append cannot be faster than: LZ4 and CRC-32C of each batch by two threads, and one thread that puts as many of
/// them as the engine's groups had into one write and one fdatasync. No sessions, no index, no scanning, no tasks.
///
/// As many batches as there are sessions may be under way, no more: a session waits for one before it sends the next.
final class AppendLimit: Sendable {
  private struct Ready {
    var bytes: [UInt8]
    var checksum: UInt32
  }

  private struct State {
    var next = 0
    var underWay = 0
    var ready: [Ready] = []
    var workers: Int
  }

  private let batches: [[UInt8]]
  private let depth: Int
  private let groupSize: Double
  private let monitor: Monitor<State>
  private static let workers = 2

  private init(_ batches: [[UInt8]], depth: Int, groupSize: Double) {
    self.batches = batches
    self.depth = depth
    self.groupSize = max(1, min(groupSize, Double(depth)))
    monitor = Monitor(State(workers: Self.workers))
  }

  /// Seconds for all batches. `ahead` bytes of zeros are written before the file's end, as the engine may do.
  static func run(
    _ batches: [[UInt8]], depth: Int, groupSize: Double, path: String, isSynced: Bool, ahead: Int
  ) throws -> Double {
    let run = AppendLimit(batches, depth: depth, groupSize: groupSize)
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BenchError("\(path) cannot be written") }
    defer {
      close(descriptor)
      unsafe unlink(path)
    }
    let start = seconds()
    for _ in 0..<workers {
      let thread = Thread { run.work() }
      thread.stackSize = 1 << 20
      thread.start()
    }
    try run.commit(descriptor, isSynced: isSynced, ahead: ahead)
    return seconds() - start
  }

  private func work() {
    let bound = LZ4.maximumCompressedSize(of: batches.map(\.count).max() ?? 0)
    let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: bound)
    defer { unsafe scratch.deallocate() }
    while true {
      let index = monitor.wait(while: { $0.underWay >= depth && $0.next < batches.count }) { state -> Int? in
        guard state.next < batches.count else {
          state.workers -= 1
          return nil
        }
        state.underWay += 1
        state.next += 1
        return state.next - 1
      }
      guard let index else {
        monitor.broadcast()
        return
      }
      let batch = batches[index]
      let length = unsafe batch.withUnsafeBytes { source in
        unsafe scratch.withMemoryRebound(to: CChar.self, capacity: bound) { target in
          unsafe LZ4_compress_default(
            source.baseAddress?.assumingMemoryBound(to: CChar.self), target, Int32(source.count), Int32(bound))
        }
      }
      let bytes = unsafe [UInt8](UnsafeBufferPointer(start: scratch, count: Int(length)))
      let checksum = CRC32C.checksum(bytes)
      monitor.withLock { $0.ready.append(Ready(bytes: bytes, checksum: checksum)) }
      monitor.broadcast()
    }
  }

  private func commit(_ descriptor: Int32, isSynced: Bool, ahead: Int) throws {
    var staging: [UInt8] = []
    staging.reserveCapacity(64 << 20)
    var offset = 0
    var prepared = 0
    var done = 0
    var group = 0
    while done < batches.count {
      // Whole numbers whose mean is the size asked for.
      let wanted = min(
        batches.count - done,
        Int((Double(group + 1) * groupSize).rounded(.down)) - Int((Double(group) * groupSize).rounded(.down)))
      group += 1
      let taken = monitor.wait(while: { $0.ready.count < wanted }) { state -> [Ready] in
        let taken = Array(state.ready[..<wanted])
        state.ready.removeFirst(wanted)
        return taken
      }
      staging.removeAll(keepingCapacity: true)
      for one in taken {
        staging += one.bytes
        unsafe withUnsafeBytes(of: one.checksum) { unsafe staging.append(contentsOf: $0) }
      }
      let length = (staging.count + 4_095) / 4_096 * 4_096
      staging.append(contentsOf: repeatElement(0, count: length - staging.count))
      if offset + length > prepared {
        staging.append(contentsOf: repeatElement(0, count: ahead))
        prepared = offset + length + ahead
      }
      guard unsafe pwrite(descriptor, staging, staging.count, off_t(offset)) == staging.count else {
        throw BenchError("writing failed: error \(errno)")
      }
      if isSynced { fdatasync(descriptor) }
      offset += length
      done += wanted
      monitor.withLock { $0.underWay -= wanted }
      monitor.broadcast()
    }
  }
}
