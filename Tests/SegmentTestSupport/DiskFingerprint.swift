/// A 64-bit hash over names and contents, the same in every run. Guards against accidents, not against intent.
struct DiskFingerprint {
  private(set) var value: UInt64 = 0x5E6A_7C3D_1F20_9B48

  mutating func add(_ word: UInt64) {
    let product = (value ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    // Neither half alone carries all of the word's bits, nor does the word 0 keep the old value.
    value = (product.high ^ product.low).addingReportingOverflow(0xD1B5_4A32_D192_ED03).partialValue
  }

  mutating func add(_ name: String) {
    add(Array(name.utf8))
  }

  mutating func add(_ bytes: [UInt8]) {
    add(UInt64(bytes.count))
    let span = bytes.span
    var offset = 0
    while offset + 8 <= span.count {
      var word: UInt64 = 0
      for index in 0..<8 { word |= UInt64(span[offset + index]) << UInt64(index * 8) }
      add(word)
      offset += 8
    }
    var rest: UInt64 = 0
    for index in offset..<span.count { rest = rest << 8 | UInt64(span[index]) }
    add(rest)
  }
}

extension DiskState {
  /// Over the names and contents that lookups and reads see now, directories too.
  func fingerprint() -> UInt64 {
    var hash = DiskFingerprint()
    visit { path, node in
      hash.add(path)
      hash.add(nodes[node].isDirectory ? 1 : 0)
      hash.add(nodes[node].current.bytes)
    }
    return hash.value
  }

  /// All files and directories below the root, in the order of their paths' parts.
  func visit(_ body: (_ path: String, _ node: Int) -> Void) {
    visit(Self.root, "", body)
  }

  private func visit(_ directory: Int, _ prefix: String, _ body: (_ path: String, _ node: Int) -> Void) {
    for (name, node) in nodes[directory].entries.sorted(by: { $0.key < $1.key }) {
      let path = prefix + "/" + name
      body(path, node)
      if nodes[node].isDirectory { visit(node, path, body) }
    }
  }
}
