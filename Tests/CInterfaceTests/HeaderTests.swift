import CSegmentEngine
import Foundation
import SegmentTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("the header")
struct HeaderTests {
  @Test("what it declares is what the library has and the script exports")
  func functions() throws {
    let functions = try Set(Repository.functions().keys)
    #expect(functions.count > 30)
    let exported = try Repository.text("Sources/CSegmentEngine/exports.map").matches(of: /(segment_[a-z_]+);/)
    #expect(Set(exported.map { String($0.1) }) == functions)
    #if canImport(Darwin)
      let name = "libsegment_engine.dylib"
    #else
      let name = "libsegment_engine.so"
    #endif
    let library = dlopen(try BuiltPrograms.url(name).path, RTLD_NOW | RTLD_LOCAL)
    try #require(library != nil)
    for function in functions { #expect(dlsym(library, function) != nil, "\(function)") }
  }

  @Test("every code of the engine has a number of its own, and a name that is the engine's")
  func codes() throws {
    let engine = try Repository.text("Sources/SegmentEngine/Model/StoreError.swift")
      .matches(of: /Code\(description: "([A-Za-z]+)"\)/).map { String($0.1) }
    var names: [String: UInt32] = [:]
    for number: UInt32 in 1..<255 {
      let name = String(cString: segment_code_name(segment_code(number)))
      if name != "unknown" { names[name] = number }
    }
    #expect(engine.count > 20 && Set(names.keys) == Set(engine))
    // As programs were compiled with them.
    let header = try Repository.text(Repository.headerPath).matches(of: /SEGMENT_([A-Z_]+) = (\d+)/)
    var declared: [String: UInt32] = [:]
    for match in header { declared[String(match.1), default: UInt32(match.2) ?? 0] += 0 }
    for (name, number) in names {
      let spelled = name.replacing(/[A-Z]/) { "_\($0.output)" }.uppercased()
      #expect(declared[spelled] == number, "\(name)")
    }
    #expect(SEGMENT_LOCKED.rawValue == 11 && SEGMENT_SESSION_ERASED.rawValue == 22 && SEGMENT_CANCELLED.rawValue == 27)
    #expect(String(cString: segment_code_name(SEGMENT_OK)) == "ok")
    #expect(String(cString: segment_code_name(SEGMENT_UNKNOWN)) == "unknown")
  }

  @Test("a cursor's text reads back, and fits where the header says it does", arguments: [0, 7, UInt64.max])
  func cursors(_ number: UInt64) throws {
    let cursor = segment_cursor(epoch: number, sequence: number)
    var text = [CChar](repeating: 1, count: Int(SEGMENT_CURSOR_TEXT))
    try COutcome.of { segment_cursor_format(cursor, &text, text.count, $0) }.succeed()
    var read = segment_cursor()
    try COutcome.of { segment_cursor_parse(text, &read, $0) }.succeed()
    #expect(read.epoch == number && read.sequence == number)
    let length = text.firstIndex(of: 0) ?? 0
    #expect(COutcome.of { segment_cursor_format(cursor, &text, length, $0) }.code == SEGMENT_INVALID_ARGUMENT)
    #expect(COutcome.of { segment_cursor_format(cursor, &text, length + 1, $0) }.code == SEGMENT_OK)
    #expect(COutcome.of { segment_cursor_parse("1-2-3", &read, $0) }.code == SEGMENT_INVALID_ARGUMENT)
  }
}
