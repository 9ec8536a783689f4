import Foundation

/// Two events as other programs compressed them, in two parts each.
enum Packed {
  static let text =
    #"{"type":4,"data":{"href":"https://shop.test/","width":8,"height":6},"timestamp":1795000000000}"# + "\n"
    + #"{"type":2,"data":{"node":{"type":0,"childNodes":[],"id":1}},"timestamp":1795000000005}"# + "\n"

  /// Two members of gzip and seven bytes of padding.
  static let gzip = decoded(
    "H4sIAAAAAAACAzXJSwqAIBQF0HnLuGPJgr5vN4LWcyBJXoiQ9l6TzvRU8M4BMhh4Rwep0DNsECiZi1hb9MgtQ6GFwRU9FbIYaIi7"
      + "EjI9Bozpe5cypJ/Xsfs9zQuH4genXwAAAB+LCAAAAAAAAgOrViqpLEhVsjLSUUpJLElUsqpWystPSQXREAkDHaXkjMycFD+gaLGS"
      + "VXSsjlJmipKVYW2tjlJJZm5qcUlibgGQb25pagAFprVcAFCsZHFXAAAAAAAAAAAAAA==")

  /// Two frames of zstd.
  static let zstd = decoded(
    "KLUv/QRofQIAcsUREZB9VGePFib/n4DNMKAoDusSoJOzUmFvacv40Zk/dMQ+yzif/KDYy+ym/vAj45eFrRKPwbDNWT57+K58zr7l"
      + "5j4Y9s/u/DwBABUBoiLHjKwotS/9BGhNAgCChA8SkD0G1CSE04JUNi3yroixZC8BYBdRjhnodjJ834z4Ye+B7uLDUuj3uZqcjLA9"
      + "CPTnKr1GZ5i5B4L+bMbXAQIAdHOJiYkHgxyelA==")

  /// A megabyte of the letter a. In gzip that is one match over and over, which deflate writes as zeros.
  static let megabyteGzip =
    decoded("H4sIAAAAAAACA+3BMQEAAADCoKzrX8IQvkAB") + Data(repeating: 0, count: 1015) + decoded("fAZyVs3XAAAQAA==")
  static let megabyteZstd = decoded("KLUv/QRoTAAACGEBAPz/ORACAgAQYQIAEGECABBhAgAQYQIAEGECABBhAwAQYfETIbU=")

  private static func decoded(_ text: String) -> Data { Data(base64Encoded: text) ?? Data() }
}
