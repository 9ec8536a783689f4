/// A change of a file's content that no sync has covered yet.
enum ContentChange: Sendable {
  case write(offset: Int, bytes: [UInt8])
  case resize(Int)
  case punch(Range<Int>)
}

extension FileImage {
  mutating func apply(_ change: ContentChange) {
    switch change {
    case .write(let offset, let bytes): write(bytes[...], at: offset)
    case .resize(let size): setSize(size)
    case .punch(let range): punch(range)
    }
  }
}
