import Foundation
import Testing

@testable import engine_tool

/// Bytes in pieces of one size.
final class Pieces: ByteSource {
  private var rest: ArraySlice<UInt8>
  private let size: Int

  init(_ bytes: some Sequence<UInt8>, of size: Int) {
    rest = Array(bytes)[...]
    self.size = size
  }

  func next() -> [UInt8] {
    defer { rest = rest.dropFirst(size) }
    return Array(rest.prefix(size))
  }
}

@Suite("Input")
struct InputTests {
  private func all(_ source: any ByteSource) throws -> String {
    var bytes: [UInt8] = []
    while true {
      let chunk = try source.next()
      if chunk.isEmpty { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk
    }
  }

  @Test("decompresses gzip and zstd of several parts, however it is cut", arguments: [1, 2, 3, 64, 1_000])
  func decompression(_ size: Int) throws {
    #expect(try all(GzipSource(Pieces(Packed.gzip, of: size), "x")) == Packed.text)
    #expect(try all(ZstdSource(Pieces(Packed.zstd, of: size), "x")) == Packed.text)
  }

  @Test("says when compressed data ends too early or is wrong")
  func damage() throws {
    for length in [0, 1, 10, 40, Packed.gzip.count - 12] {
      #expect(throws: Failure.self) { try all(GzipSource(Pieces(Packed.gzip.prefix(length), of: 64), "x")) }
    }
    for length in [1, 10, 40, Packed.zstd.count - 1] {
      #expect(throws: Failure.self) { try all(ZstdSource(Pieces(Packed.zstd.prefix(length), of: 64), "x")) }
    }
    var (gzip, zstd) = (Packed.gzip, Packed.zstd)
    gzip[40] ^= 0x55
    zstd[0] ^= 0x55
    #expect(throws: Failure.self) { try all(GzipSource(Pieces(gzip, of: 64), "x")) }
    #expect(throws: Failure.self) { try all(ZstdSource(Pieces(zstd, of: 64), "x")) }
  }

  @Test("decompresses more than fits into its buffer at once", arguments: [31, 100_000])
  func large(_ size: Int) throws {
    // A megabyte of one byte: little input, much output.
    let text = String(repeating: "a", count: 1 << 20)
    #expect(try all(GzipSource(Pieces(Packed.megabyteGzip, of: size), "x")) == text)
    #expect(try all(ZstdSource(Pieces(Packed.megabyteZstd, of: size), "x")) == text)
  }

  @Test("cuts lines, the last without a line feed too", arguments: [1, 2, 5, 100])
  func lines(_ size: Int) throws {
    let text = "one\n\nthree\r\n" + String(repeating: "x", count: 300) + "\nlast"
    var reader = LineReader(Pieces(text.utf8, of: size), "x")
    var lines: [String] = []
    while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
    #expect(lines == ["one\n", "\n", "three\r\n", String(repeating: "x", count: 300) + "\n", "last"])
    #expect(try reader.next() == nil)
  }

  @Test("tags are cut at the first equals sign")
  func tags() throws {
    #expect(try TagArgument(parsing: "a=b=c") == TagArgument(parsing: "a=b=c"))
    #expect(try TagArgument(parsing: "a=b=c").value == "b=c")
    #expect(try TagArgument(parsing: "a=").value == "")
    #expect(try TagArgument(parsing: "a").value == nil)
    #expect(throws: Failure.self) { try TagArgument(parsing: "=b") }
    #expect(throws: Failure.self) { try TagArgument(parsing: "") }
  }
}
