import NIOCore
import SegmentEngine

/// An event with what the store knows of it: `{"cursor":"0-7","window":"w1","event":{...}}`, on one line. The event is
/// put in as it is stored.
enum Envelope {
  static func write(_ info: EventInfo, of chunk: EventChunk, to buffer: inout ByteBuffer) {
    buffer.writeStaticString("{\"cursor\":\"")
    buffer.writeString(info.cursor.description)
    buffer.writeStaticString("\",\"window\":")
    buffer.writeBytes(JSONLine.encode(info.window) ?? Array("\"\"".utf8))
    buffer.writeStaticString(",\"event\":")
    buffer.writeBytes(chunk.ndjson[info.bytes])
    buffer.writeStaticString("}")
  }
}
