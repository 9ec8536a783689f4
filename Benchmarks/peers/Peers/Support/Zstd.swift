import CZstd
import Synchronization

/// Compresses and decompresses frames of zstd, from many threads at once.
final class Zstd: Sendable {
  /// Longest content of a frame that is taken back, bytes: more than any batch, so that a damaged length sizes nothing.
  static let limit = 1 << 28

  private let level: Int32
  private let dictionary: ZstdTables?
  private let contexts = Mutex<[ZstdContexts]>([])

  /// `dictionary` as `train` gives it, or nil.
  init(level: Int32, dictionary: [UInt8]? = nil) throws {
    self.level = level
    self.dictionary = try dictionary.map { try ZstdTables($0, level: level) }
  }

  static var version: String { unsafe String(cString: ZSTD_versionString()) }

  /// The id of the dictionary a frame was made with; 0 where it was made with none.
  static func dictionaryID(ofFrame frame: [UInt8]) -> UInt32 {
    unsafe frame.withUnsafeBytes { unsafe ZSTD_getDictID_fromFrame($0.baseAddress, $0.count) }
  }

  static func dictionaryID(of dictionary: [UInt8]) -> UInt32 {
    unsafe dictionary.withUnsafeBytes { unsafe ZDICT_getDictID($0.baseAddress, $0.count) }
  }

  func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    let contexts = try take()
    defer {
      give(contexts)
      withExtendedLifetime(self) {}
    }
    let bound = ZSTD_compressBound(bytes.count)
    return try unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      let result = unsafe bytes.withUnsafeBytes { input in
        if let dictionary {
          unsafe ZSTD_compress_usingCDict(
            contexts.compressing, output.baseAddress, bound, input.baseAddress, input.count, dictionary.compressing)
        } else {
          unsafe ZSTD_compressCCtx(
            contexts.compressing, output.baseAddress, bound, input.baseAddress, input.count, level)
        }
      }
      count = try Zstd.checked(result, "compress a batch")
    }
  }

  func decompress(_ frame: [UInt8]) throws -> [UInt8] {
    let contexts = try take()
    defer {
      give(contexts)
      withExtendedLifetime(self) {}
    }
    return try unsafe frame.withUnsafeBytes { input in
      let length = unsafe ZSTD_getFrameContentSize(input.baseAddress, input.count)
      guard length <= UInt64(Zstd.limit) else {
        throw PeerError("a frame of zstd states no length, or one above \(Zstd.limit) bytes: what is stored is damaged")
      }
      let capacity = Int(length)
      return try unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
        let result =
          if let dictionary {
            unsafe ZSTD_decompress_usingDDict(
              contexts.decompressing, output.baseAddress, capacity, input.baseAddress, input.count,
              dictionary.decompressing)
          } else {
            unsafe ZSTD_decompressDCtx(
              contexts.decompressing, output.baseAddress, capacity, input.baseAddress, input.count)
          }
        count = try Zstd.checked(result, "decompress a batch")
      }
    }
  }

  /// A dictionary of at most `size` bytes made of samples; nil where there are too few to make one of.
  static func train(_ samples: [[UInt8]], size: Int) -> [UInt8]? {
    var joined: [UInt8] = []
    joined.reserveCapacity(samples.reduce(0) { $0 + $1.count })
    for sample in samples { joined += sample }
    let lengths = samples.map(\.count)
    let dictionary = unsafe [UInt8](unsafeUninitializedCapacity: size) { output, count in
      let result = unsafe ZDICT_trainFromBuffer(output.baseAddress, size, joined, lengths, UInt32(lengths.count))
      count = ZDICT_isError(result) == 0 ? result : 0
    }
    return dictionary.isEmpty ? nil : dictionary
  }

  private static func checked(_ result: Int, _ what: String) throws -> Int {
    guard ZSTD_isError(result) == 0 else {
      throw PeerError("zstd cannot \(what): \(unsafe String(cString: ZSTD_getErrorName(result)))")
    }
    return result
  }

  private func take() throws -> ZstdContexts {
    try contexts.withLock { $0.popLast() } ?? ZstdContexts()
  }

  private func give(_ used: ZstdContexts) { contexts.withLock { $0.append(used) } }
}

/// The two contexts of a thread. Unchecked: whoever took them from the pool has them alone until they are given back.
@safe private final class ZstdContexts: @unchecked Sendable {
  let compressing: OpaquePointer
  let decompressing: OpaquePointer

  init() throws {
    guard let compressing = unsafe ZSTD_createCCtx(), let decompressing = unsafe ZSTD_createDCtx() else {
      throw PeerError("zstd has no memory for its contexts")
    }
    unsafe self.compressing = compressing
    unsafe self.decompressing = decompressing
  }

  deinit {
    unsafe ZSTD_freeCCtx(compressing)
    unsafe ZSTD_freeDCtx(decompressing)
  }
}

/// A digested dictionary. Unchecked: nothing changes it once it is made, and zstd lets any number of threads read it.
@safe private final class ZstdTables: @unchecked Sendable {
  let compressing: OpaquePointer
  let decompressing: OpaquePointer

  init(_ dictionary: [UInt8], level: Int32) throws {
    guard let compressing = unsafe ZSTD_createCDict(dictionary, dictionary.count, level),
      let decompressing = unsafe ZSTD_createDDict(dictionary, dictionary.count)
    else {
      throw PeerError("zstd cannot digest a dictionary of \(dictionary.count) bytes: it is damaged or memory is short")
    }
    unsafe self.compressing = compressing
    unsafe self.decompressing = decompressing
  }

  deinit {
    unsafe ZSTD_freeCDict(compressing)
    unsafe ZSTD_freeDDict(decompressing)
  }
}
