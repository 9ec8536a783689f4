/// A run of consecutive events of one window.
package struct WindowRun: Sendable, Equatable {
  /// Place in the segment's list of windows.
  package var window: Int
  package var events: Int
}

package enum BlockCodec: UInt8, Sendable {
  case none = 0
  case zstd = 1
}

/// What stands before the frame of a block (FORMAT.md "Block").
package struct BlockHeader: Sendable, Equatable {
  static let magic: UInt32 = 0x4B42_4753  // SGBK
  static let fixedSize = 32

  package var codec: BlockCodec
  /// 0: none, else place in the segment's list, from 1.
  package var dictionary: UInt8
  package var stored: UInt32
  package var raw: UInt32
  package var frameChecksum: UInt32
  package var sequence: UInt64
  package var epoch: UInt64
  package var events: Int
  package var runs: [WindowRun]

  /// The header for a block at `offset`. The frame checksum depends on where the frame will lie, which is behind the
  /// header: `checksum` is asked for it once that is known.
  func encode(pack: Identifier, offset: UInt64, checksum: (_ frameOffset: UInt64) -> UInt32) -> [UInt8] {
    var writer = ByteWriter(reserving: 64)
    writer.u32(Self.magic)
    writer.u32(0)
    writer.u16(0)
    writer.u8(codec.rawValue)
    writer.u8(dictionary)
    writer.u32(stored)
    writer.u32(raw)
    writer.u32(0)
    writer.u64(sequence)
    writer.varint(epoch)
    writer.varint(events)
    writer.windowRuns(runs)
    writer.patch(UInt16(writer.count), at: 8)
    writer.patch(checksum(offset + UInt64(writer.count)), at: 20)
    writer.patch(Checksum.placed(pack, offset, writer.bytes, 8..<writer.count), at: 4)
    return writer.bytes
  }

  /// Decodes the header at the start of `bytes`; returns its length too.
  package static func decode(
    _ bytes: [UInt8], pack: Identifier, offset: UInt64
  ) throws(FormatError) -> (header: BlockHeader, length: Int) {
    var fixed = ByteReader(bytes)
    guard try fixed.u32() == magic else { throw FormatError(.wrongMagic, at: 0) }
    let checksum = try fixed.u32()
    let length = Int(try fixed.u16())
    guard length >= fixedSize, length <= bytes.count else { throw FormatError(.truncated, at: 8) }
    guard checksum == Checksum.placed(pack, offset, bytes, 8..<length) else {
      throw FormatError(.wrongChecksum, at: 4)
    }
    var reader = ByteReader(bytes, in: 10..<length)
    guard let codec = BlockCodec(rawValue: try reader.u8()) else { throw FormatError(.invalid("codec"), at: 10) }
    let header = BlockHeader(
      codec: codec, dictionary: try reader.u8(), stored: try reader.u32(), raw: try reader.u32(),
      frameChecksum: try reader.u32(), sequence: try reader.u64(), epoch: try reader.varint(),
      events: try reader.count("events", limit: FormatLimits.blockBytes), runs: try reader.windowRuns())
    guard reader.remaining == 0 else { throw FormatError(.invalid("length"), at: reader.position) }
    return (header, length)
  }
}

extension ByteWriter {
  mutating func windowRuns(_ runs: [WindowRun]) {
    varint(runs.count)
    for run in runs {
      varint(run.window)
      varint(run.events)
    }
  }
}

extension ByteReader {
  mutating func windowRuns() throws(FormatError) -> [WindowRun] {
    var runs: [WindowRun] = []
    for _ in 0..<(try listCount("runs", entry: 2)) {
      runs.append(
        WindowRun(
          window: try count("window", limit: FormatLimits.windowsPerSegment),
          events: try count("events", limit: FormatLimits.blockBytes)))
    }
    return runs
  }
}
