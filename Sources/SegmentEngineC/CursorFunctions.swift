// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CSegmentEngine
internal import SegmentEngine

// What the functions do is said in segment_engine.h, against which the compiler checks each; its names are C's.

extension Cursor {
  init(_ cursor: segment_cursor) { self.init(epoch: cursor.epoch, sequence: cursor.sequence) }
}

extension segment_cursor {
  init(_ cursor: Cursor) { self.init(epoch: cursor.epoch, sequence: cursor.sequence) }
}

@c @implementation
public func segment_cursor_format(
  _ cursor: segment_cursor, _ text: UnsafeMutablePointer<CChar>?, _ capacity: Int,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    guard let text = unsafe text else { throw .isNull("text") }
    let bytes = Array(Cursor(cursor).description.utf8)
    guard capacity > bytes.count else {
      throw StoreError(
        .invalidArgument, "there is room for \(capacity) bytes and the cursor needs \(bytes.count + 1); give it more")
    }
    for (index, byte) in bytes.enumerated() { unsafe text[index] = CChar(bitPattern: byte) }
    unsafe text[bytes.count] = 0
  }
}

@c @implementation
public func segment_cursor_parse(
  _ text: UnsafePointer<CChar>?, _ cursor: UnsafeMutablePointer<segment_cursor>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    guard let cursor = unsafe cursor else { throw .isNull("cursor") }
    let text = unsafe try CallerText.required(text, "cursor", limit: Int(SEGMENT_CURSOR_TEXT))
    guard let read = Cursor(text) else {
      throw StoreError(.invalidArgument, "the text is no cursor; it must be one that the library wrote, EPOCH-SEQUENCE")
    }
    unsafe cursor.pointee = segment_cursor(read)
  }
}
