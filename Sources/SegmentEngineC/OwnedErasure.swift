internal import CSegmentEngine
internal import SegmentEngine

/// A receipt that its caller owns: the struct, and before it who owns the memory it points to.
enum OwnedErasure {
  /// Keeps the struct aligned.
  private static let prefix = 16

  static func give(_ receipt: ErasureReceipt) -> UnsafePointer<segment_erasure> {
    let memory = CMemory()
    var facts = unsafe segment_erasure()
    unsafe facts.id = memory.text(receipt.id)
    unsafe facts.kind = memory.text(receipt.kind.rawValue)
    unsafe facts.name_hash = memory.text(receipt.nameHash)
    unsafe facts.time_ms = receipt.time.millisecondsSince1970
    unsafe facts.sessions = receipt.sessions
    unsafe facts.segments = receipt.segments
    unsafe facts.records = receipt.records
    unsafe facts.packs = receipt.packs
    unsafe facts.journals = receipt.journals
    unsafe facts.bytes = receipt.bytes
    unsafe facts.is_complete = receipt.isComplete ? 1 : 0
    unsafe facts.limits = memory.texts(receipt.limits)
    unsafe facts.limit_count = receipt.limits.count
    let block = unsafe UnsafeMutableRawPointer.allocate(
      byteCount: prefix + MemoryLayout<segment_erasure>.stride, alignment: prefix)
    unsafe block.storeBytes(of: Unmanaged.passRetained(memory).toOpaque(), as: UnsafeMutableRawPointer.self)
    let shown = unsafe (block + prefix).bindMemory(to: segment_erasure.self, capacity: 1)
    unsafe shown.initialize(to: facts)
    return unsafe UnsafePointer(shown)
  }

  static func free(_ receipt: UnsafePointer<segment_erasure>) {
    let block = unsafe UnsafeMutableRawPointer(mutating: UnsafeRawPointer(receipt) - prefix)
    unsafe Unmanaged<CMemory>.fromOpaque(block.load(as: UnsafeMutableRawPointer.self)).release()
    unsafe block.deallocate()
  }
}
