import CSegmentZstd

/// The content of a dictionary as passages of text.
struct DictionaryPassages {
  /// Bytes of entropy tables before the content; 0 where there are none.
  let tablesBytes: Int
  /// In the order they stand in: the most widespread last.
  let texts: [ArraySlice<UInt8>]

  /// Takes the content apart. Passages end in a zero byte, which no text has.
  init(_ content: [UInt8]) {
    let header = unsafe content.withUnsafeBytes { bytes in
      unsafe ZDICT_getDictHeaderSize(bytes.baseAddress, bytes.count)
    }
    let isFormatted = content.starts(with: [0x37, 0xA4, 0x30, 0xEC]) && ZDICT_isError(header) == 0
    tablesBytes = isFormatted && header < content.count ? header : 0
    texts = content[tablesBytes...].split(separator: 0)
  }
}
