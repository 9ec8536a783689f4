import SegmentCodecs
import SegmentScanner

/// What the paths run on.
struct Ground {
  let folder: String
  let samples: [Sample]

  /// As much as all the recordings have.
  var kibibytes: Int { samples.reduce(0) { $0 + $1.bytes } / 1_024 }
}

// MARK: Bytes

extension Ground {
  func checksum() -> (Int) throws -> Int {
    { _ in
      for sample in samples { for batch in sample.batches { consume(CRC32C.checksum(batch.bytes)) } }
      return kibibytes
    }
  }

  func scan() -> (Int) throws -> Int {
    { _ in
      for sample in samples {
        for batch in sample.batches {
          consume(try unsafe BatchScanner.scan(batch.bytes.span.bytes, receiveTime: 0, invalid: .reject).events.count)
        }
      }
      return kibibytes
    }
  }

  /// Content of a dictionary: what a recording begins with that is not among those compressed with it.
  func dictionary() throws -> ZstdDictionary { try ZstdDictionary(Array(samples[0].ndjson.prefix(96 << 10))) }

  /// The recordings, the first left out, in blocks of 256 KiB.
  private var blocks: [[UInt8]] {
    samples.dropFirst().flatMap { sample -> [[UInt8]] in
      let bytes = sample.ndjson
      return stride(from: 0, to: bytes.count, by: 256 << 10).map {
        Array(bytes[$0..<min(bytes.count, $0 + (256 << 10))])
      }
    }
  }

  /// Compressing and checksumming, as a pack's blocks are.
  func encoding(level: Int, dictionary: ZstdDictionary?) throws -> (Int) throws -> Int {
    let compressor = try ZstdCompressor(level: level)
    let blocks = blocks
    return { _ in
      var bytes = 0
      for block in blocks {
        var frame: [UInt8] = []
        try unsafe compressor.compress(block.span.bytes, dictionary: dictionary, appendingTo: &frame)
        consume(CRC32C.checksum(frame))
        bytes += block.count
      }
      return bytes / 1_024
    }
  }

  /// Checksumming and decompressing, as when a block is read.
  func decoding(dictionary: ZstdDictionary?) throws -> (Int) throws -> Int {
    let compressor = try ZstdCompressor(level: 1)
    let contexts = ContextPool(idleLimit: 1)
    var frames: [(frame: [UInt8], length: Int)] = []
    for block in blocks {
      var frame: [UInt8] = []
      try unsafe compressor.compress(block.span.bytes, dictionary: dictionary, appendingTo: &frame)
      frames.append((frame, block.count))
    }
    return { _ in
      var bytes = 0
      for (frame, length) in frames {
        consume(CRC32C.checksum(frame))
        let content = try contexts.withDecompressor { decompressor throws(CodecError) in
          try unsafe decompressor.decompress(frame.span.bytes, rawLength: length, dictionary: dictionary)
        }
        bytes += content.count
      }
      return bytes / 1_024
    }
  }
}
