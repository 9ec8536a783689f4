import SegmentCodecs

@testable import SegmentEngine

/// The small files of a store, and the one document that people write.
enum FileTargets {
  static let gone = FuzzTarget(
    name: "gone-list", seeds: { CodecCase.samples("list of gone sessions") },
    run: { bytes in
      checkGone(bytes)
      var sealed = bytes
      sealed.put(UInt32(max(0, bytes.count - GoneList.headerSize) / GoneList.entrySize), at: 48)
      CodecCase.sealed(&sealed) { Checksum.plain($0, $1) }
      checkGone(sealed)
    })

  static let dictionary = FuzzTarget(name: "dictionary-file", seeds: { dictionaries }, run: checkDictionary)

  static let policy = FuzzTarget(
    name: "policy", seeds: { documents.map { Array($0.utf8) } },
    run: { bytes in
      do {
        let policy = try Policy(json: bytes)
        let written = policy.json
        let again = accepted { try Policy(json: written) }
        require(
          again == policy,
          "a policy reads otherwise when it is written again: \(String(decoding: written, as: UTF8.self))")
        require(again?.json == written, "a policy's document is not the same twice")
      } catch let error as StoreError {
        require(error.code == .invalidPolicy, "a policy is refused with \(error)")
        require(
          !error.message.isEmpty && error.message.utf8.count < 4_096, "a message of \(error.message.utf8.count) bytes")
      } catch {
        fatalError("\(error)")
      }
    })

  private static func checkGone(_ bytes: [UInt8]) {
    let (file, store) = (CodecSamples.file, CodecSamples.store)
    guard let list = accepted({ try GoneList.decode(bytes, id: file, store: store) }) else { return }
    require(
      accepted { try GoneList.decode(list.encode(id: file, store: store), id: file, store: store) } == list,
      "a list differs")
    for entry in list.entries {
      require(list.reason(entry.hash, on: entry.untilDay) == entry.reason, "an entry is not found")
    }
  }

  private static var dictionaries: [[UInt8]] {
    let content = Array(String(repeating: #"{"type":3,"data":{"source":2}}"#, count: 8).utf8)
    var frame: [UInt8] = []
    guard
      accepted({
        try unsafe ZstdCompressor(level: 3).compress(content.span.bytes, dictionary: nil, appendingTo: &frame)
      }) != nil
    else { return [] }
    var writer = ByteWriter()
    writer.u32(DictionaryFile.magic)
    writer.u32(0)
    writer.u16(1)
    writer.zeros(6)
    writer.identifier(CodecSamples.store)
    writer.identifier(CodecSamples.file)
    writer.raw(unsafe SHA256.digest(content.span.bytes))
    writer.u64(UInt64(content.count))
    writer.zeros(DictionaryFile.headerSize - writer.count)
    writer.raw(frame)
    return [[0] + writer.bytes, [1] + writer.bytes]
  }

  private static func checkDictionary(_ input: [UInt8]) {
    let (choice, rest) = input.choice
    var bytes = rest
    let header = DictionaryFile.headerSize
    if choice & 1 == 0, bytes.count >= header {
      bytes.put(UInt64(bytes.count - header), at: 88)
      bytes.put(Checksum.plain(bytes, header..<bytes.count), at: 96)
      bytes.put(Checksum.plain(bytes, 8..<header), at: 4)
    }
    let facts = DictionaryFacts(
      id: CodecSamples.file, sha256: Array(bytes.sized(header)[48..<80]), project: "shop", version: 1, contentBytes: 1,
      fileBytes: UInt64(bytes.count), created: 0)
    let content = accepted {
      try DictionaryFile.read(facts, copy: 0, ImageFileSystem.environment(bytes), Layout(root: "/store"))
    }
    guard let content else { return }
    require(unsafe SHA256.digest(content.span.bytes) == facts.sha256, "a dictionary with another hash")
    require(content.count <= DictionaryFile.contentLimit, "a dictionary that is too large")
  }

  private static let documents = [
    #"{"version":1}"#,
    """
    {"version": 1, "recentHours": 24, "salt": "x\\u00e9", "rules": [{"name": "errors", "when": {"errors": {"atLeast": 1},
    "durationSeconds": {"below": 5.5}, "url": ["https://x/*"], "tags": {"plan": "pro", "ticket": null}, "tagged": true,
    "project": "shop", "state": "finished"}, "keep": 1, "retentionDays": "forever"}], "default": {"keep": 0.1},
    "budgetBytes": "50 GB", "projectBudgets": {"shop": "5 GiB"}, "freeBytes": 1000}
    """,
    #"{"version":2,"new":[[]]}"#, "\u{FEFF}[1.5e400,\"\\ud800\"]",
  ]
}
