/// Memory that C callers look at: it stays where it is until its owner goes.
@safe
final class CMemory {
  private var blocks: [UnsafeMutableRawPointer] = unsafe []

  deinit {
    for index in unsafe blocks.indices { unsafe blocks[index].deallocate() }
  }

  /// A text with a NUL behind it; callers see it up to its first NUL.
  func text(_ text: String) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(bytes(Array(text.utf8) + [0])).assumingMemoryBound(to: CChar.self)
  }

  /// The text, or NULL.
  func optionalText(_ text: String?) -> UnsafePointer<CChar>? {
    guard let text else { return nil }
    return unsafe self.text(text)
  }

  /// Some bytes; there is an address where there are none, too.
  func bytes(_ bytes: [UInt8]) -> UnsafePointer<UInt8> {
    let block = unsafe allocate(bytes.count, alignment: 1)
    unsafe bytes.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress { unsafe block.copyMemory(from: source, byteCount: bytes.count) }
    }
    return unsafe UnsafeRawPointer(block).assumingMemoryBound(to: UInt8.self)
  }

  /// Values one behind the other; NULL where there are none.
  func array<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafePointer<Value>? {
    if values.isEmpty { return nil }
    let block = unsafe allocate(values.count * MemoryLayout<Value>.stride, alignment: MemoryLayout<Value>.alignment)
    let first = unsafe block.bindMemory(to: Value.self, capacity: values.count)
    for (index, value) in values.enumerated() { unsafe (first + index).initialize(to: value) }
    return unsafe UnsafePointer(first)
  }

  /// Texts, and an array of where they are.
  func texts(_ texts: [String]) -> UnsafePointer<UnsafePointer<CChar>?>? {
    let pointers: [UnsafePointer<CChar>?] = unsafe texts.map { unsafe text($0) as UnsafePointer<CChar>? }
    return unsafe array(pointers)
  }

  private func allocate(_ count: Int, alignment: Int) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: max(1, count), alignment: alignment)
    unsafe blocks.append(block)
    return unsafe block
  }
}
