/// The content of a file: its bytes, and which of its pages take space on the disk.
struct FileImage: Sendable, Equatable {
  static let pageSize = 4096
  /// A longer file is taken for a mistake of the test, which would eat the memory of the machine.
  static let sizeLimit = 1 << 30

  private(set) var bytes: [UInt8] = []
  private var pages: [Bool] = []
  private(set) var allocatedPages = 0

  var size: Int { bytes.count }

  init() {}

  /// Bytes that all take space.
  init(_ content: [UInt8]) {
    write(content[...], at: 0)
  }

  /// How many of the pages from `first` on hold no space yet, in order, as far as `range` goes.
  func unallocatedPages(in range: Range<Int>) -> [Int] {
    guard !range.isEmpty else { return [] }
    return (range.lowerBound / Self.pageSize...(range.upperBound - 1) / Self.pageSize).filter {
      $0 >= pages.count || !pages[$0]
    }
  }

  /// Stores `content` at `offset`, growing where needed.
  mutating func write(_ content: ArraySlice<UInt8>, at offset: Int) {
    guard !content.isEmpty else { return }
    let end = offset + content.count
    if offset > bytes.count { setSize(offset) }
    let overlap = min(content.count, bytes.count - offset)
    if overlap > 0 { replace(offset, content.prefix(overlap)) }
    if overlap < content.count { bytes.append(contentsOf: content.dropFirst(overlap)) }
    let last = (end - 1) / Self.pageSize
    if last >= pages.count { pages.append(contentsOf: repeatElement(false, count: last + 1 - pages.count)) }
    for page in offset / Self.pageSize...last where !pages[page] {
      pages[page] = true
      allocatedPages += 1
    }
  }

  /// Cuts, or grows by a hole.
  mutating func setSize(_ size: Int) {
    if size >= bytes.count {
      bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
    } else {
      bytes.removeLast(bytes.count - size)
      let kept = (size + Self.pageSize - 1) / Self.pageSize
      while pages.count > kept {
        if pages.removeLast() { allocatedPages -= 1 }
      }
    }
  }

  /// Makes a range zeros, as far as the file goes, and frees the pages that lie wholly in it.
  mutating func punch(_ range: Range<Int>) {
    let inside = range.clamped(to: 0..<bytes.count)
    guard !inside.isEmpty else { return }
    replace(inside.lowerBound, [UInt8](repeating: 0, count: inside.count)[...])
    let first = (range.lowerBound + Self.pageSize - 1) / Self.pageSize
    // A page that the end of the file cuts is free when the range reaches that end.
    let whole = range.upperBound >= bytes.count ? pages.count : range.upperBound / Self.pageSize
    for page in first..<max(first, min(whole, pages.count)) where pages[page] {
      pages[page] = false
      allocatedPages -= 1
    }
  }

  mutating func flip(byte: Int, bit: Int) {
    bytes[byte] ^= 1 << UInt8(bit)
  }

  /// Overwrites inside the file. A plain copy of memory, as files are written more than all else here.
  private mutating func replace(_ offset: Int, _ content: ArraySlice<UInt8>) {
    precondition(offset >= 0 && content.count <= bytes.count - offset)
    unsafe bytes.withUnsafeMutableBytes { target in
      unsafe content.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + source.count])
          .copyMemory(from: source)
      }
    }
  }
}
