import Foundation

@testable import engine_tool

/// A recording's content, whatever it is compressed with.
enum Unpacked {
  static func content(of file: URL) throws -> Data {
    let source = try ContentSource.open(file.path)
    var content = Data()
    while true {
      let more = try source.next()
      if more.isEmpty { return content }
      content += more
    }
  }
}
