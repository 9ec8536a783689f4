import Foundation
import SegmentEngine

/// Events as rrweb writes them.
enum Sample {
  static let base = (Date().timeIntervalSince1970 * 1_000).rounded(.down) - 60_000

  static func time(_ index: Int) -> Double { base + Double(index) * 1_000 }

  static func meta(_ index: Int) -> String {
    #"{"type":4,"data":{"href":"https://shop.test/\#(index)","width":800,"height":600},"timestamp":\#(Int(time(index)))}"#
  }

  static func snapshot(_ index: Int) -> String {
    #"{"type":2,"data":{"node":{"type":0,"childNodes":[],"id":1},"initialOffset":{"left":0,"top":0}},"timestamp":"#
      + "\(Int(time(index)))}"
  }

  static func click(_ index: Int) -> String {
    #"{"type":3,"data":{"source":2,"type":2,"id":\#(index),"x":1,"y":2},"timestamp":\#(Int(time(index)))}"#
  }

  /// The first two make a keyframe.
  static func events(_ count: Int, from start: Int = 0) -> [String] {
    (start..<start + count).map { index in
      switch index {
      case 0: meta(index)
      case 1: snapshot(index)
      default: click(index)
      }
    }
  }

  static func batch(_ events: [String]) -> [UInt8] { Array((events.joined(separator: "\n") + "\n").utf8) }

  static func address(_ key: SessionKey, _ what: String = "") -> String {
    "/v1/projects/\(key.project)/sessions/\(key.id)\(what)"
  }
}
