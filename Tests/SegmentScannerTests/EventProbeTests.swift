import SegmentScanner
import Testing

/// The probe tells what the scan told. (Generated events: AgreementTests.)
struct EventProbeTests {
  @Test(
    "agrees with the scan",
    arguments: [
      #"{"type":3,"data":{"source":0,"texts":[]},"timestamp":1795454827019}"#,
      #"{"type":3,"data":{"source":17},"timestamp":5}"#,
      #"{"type":3,"data":{"source":170},"timestamp":5}"#,
      #"{"type":3,"data":{"source":1.5},"timestamp":5}"#,
      #"{"type":3,"data":{"type":2,"source":2},"timestamp":5}"#,
      #"{"type":30,"data":{"source":2},"timestamp":50000000000}"#,
      #"{"type":300,"data":{"source":2},"timestamp":50000000000}"#,
      #"{"type":2,"data":{"node":{"type":0,"timestamp":3}},"timestamp":179545482701912345678}"#,
      #"{"type":2,"data":{},"timestamp":1795454827019.5}"#, #"{"type":2,"data":{},"timestamp":12345678901e2}"#,
      #"{"type":2,"data":{},"timestamp":1795454827019 }"#,
      #"{"type":2,"timestamp":1795454827019,"data":{"timestamp":7}}"#,
      #"{"type":2,"timestamp":1795454827019,"x,\"timestamp":1795454827020}"#,
      #"{"type":2,"timestamp":1795454827019,"x\\,\"timestamp":1795454827020}"#,
      #"{"type":2,"timestamp":1795454827019,"x":{"y":8,"timestamp":1795454827020}}"#,
      #"{"type":2,"timestamp":1795454827019,"a":"{,\"timestamp\":1795454827020}"}"#,
      #"{"type":0,"timestamp":1}"#, #"{"timestamp":1,"type":0}"#, #"{"type":0,"data":{},"timestamp":0}"#,
      #"{"type":0,"data":{},"timestamp":1795454827019}"#, #"{"type":9,"a":12,"timestamp":123456789012345}"#,
      #"{ "type": 4, "data": {"href": "a"}, "timestamp": 12 }"#, "{\"type\":4,\"data\":{},\"timestamp\":12}\n",
    ])
  func agreement(text: String) throws {
    let event = try #require(try scan(text).events.first)
    let found = try #require(probe(text))
    #expect(found.type == event.type && found.kind == event.kind && found.timestamp == event.timestamp)
  }

  @Test(
    "finds nothing in lines that are no event",
    arguments: [
      "", "\n", "{", "}", "{}", "null", "[]", "garbage", #"{"type":0}"#, #"{"timestamp":1}"#,
      #"{"type":0,"timestamp":1} x"#,
      #"{"type":"0","timestamp":1795454827019}"#, #"{"type":0,"timestamp":"1795454827019"}"#,
      "{\"type\":0,\"timestamp\":1}{",
    ])
  func nothing(text: String) {
    #expect(probe(text) == nil)
  }

  @Test("never traps on any part of a line")
  func parts() throws {
    let bytes = Array(#"{"type":3,"data":{"source":2,"type":2,"id":46},"timestamp":1617045255540}"#.utf8)
    var found = 0
    for start in 0...bytes.count {
      for end in start...bytes.count where probe(Array(bytes[start..<end])) != nil { found += 1 }
    }
    #expect(found == 1)
  }
}
