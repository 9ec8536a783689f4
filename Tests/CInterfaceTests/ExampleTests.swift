import Foundation
import SegmentTestSupport
import Testing

/// The examples are what users begin with: they are built and run as their READMEs say, against the built library.
@Suite("the examples")
struct ExampleTests {
  private static func library() throws -> URL {
    #if canImport(Darwin)
      try BuiltPrograms.url("libsegment_engine.dylib")
    #else
      try BuiltPrograms.url("libsegment_engine.so")
    #endif
  }

  private static let include = Repository.url.appendingPathComponent("Sources/CSegmentEngine/include").path

  @Test("the C example compiles without a warning, runs, and finds what it expects")
  func exampleInC() async throws {
    try await Scratch.inFolder { folder in
      let libraries = try Self.library().deletingLastPathComponent().path
      let compiled = try ChildProcess.run(
        ChildProcess.find("cc", "clang", "gcc"),
        [
          "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-std=c11", "-I\(Self.include)",
          Repository.url.appendingPathComponent("Examples/c/replay.c").path, "-o", "replay", "-L\(libraries)",
          "-lsegment_engine", "-Wl,-rpath,\(libraries)", "-pthread",
        ], in: folder)
      try #require(compiled.status == 0, "\(compiled.text)")
      let run = try ChildProcess.run(folder.appendingPathComponent("replay"), ["store"], in: folder)
      #expect(run.status == 0, "\(run.text)")
      #expect(run.text.contains("followed 250 events of s-0 until it was finished\n"))
      #expect(run.text.contains("plays 150 events, 11475 bytes, from +10500 ms on\n"))
      #expect(run.text.matches(of: /shop\/s-2: 250 events/).count == 1, "listed once, then erased")
      #expect(run.text.matches(of: /shop\/s-1: 250 events/).count == 2)

      // What it appends is in the store already, or erased: it notices, whichever thread is first, and its exit status
      // says so.
      let again = try ChildProcess.run(folder.appendingPathComponent("replay"), ["store"], in: folder)
      #expect(again.status == 1, "\(again.text)")
      #expect(
        again.text.contains("does not hold: a new batch is stored whole")
          || again.text.contains("append failed (sessionErased)"), "\(again.text)")
    }
  }

  @Test("the header compiles by itself, as C and as C++", arguments: ["c11", "c17", "c++11", "c++17"])
  func header(_ standard: String) async throws {
    try await Scratch.inFolder { folder in
      let isPlain = standard.hasPrefix("c1")
      let source = folder.appendingPathComponent(isPlain ? "use.c" : "use.cpp")
      try Data("#include <segment_engine.h>\n#include <segment_engine.h>\nint segment_use;\n".utf8).write(to: source)
      let compiled = try ChildProcess.run(
        ChildProcess.find("cc", "clang", "gcc"),
        [
          "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-std=\(standard)", "-fsyntax-only", "-I\(Self.include)",
          source.path,
        ], in: folder)
      #expect(compiled.status == 0, "\(compiled.text)")
    }
  }

  /// Python comes from Scripts/test in `SEGMENT_PYTHON`.
  private static func python() throws -> URL {
    try ChildProcess.find(ProcessInfo.processInfo.environment["SEGMENT_PYTHON"] ?? "python3", "python3")
  }

  private static func environment() throws -> [String: String] {
    ["SEGMENT_ENGINE_LIBRARY": try library().path, "PYTHONDONTWRITEBYTECODE": "1"]
  }

  @Test("what must hold of the Python bindings holds")
  func bindings() async throws {
    try await Scratch.inFolder { folder in
      let run = try ChildProcess.run(
        Self.python(),
        [
          "-W", "error", "-m", "unittest", "discover", "-v",
          Repository.url.appendingPathComponent("Examples/python").path,
        ], in: folder, environment: try Self.environment())
      #expect(run.status == 0, "\(run.text)")
      let tests = try Repository.text("Examples/python/test_segment_engine.py").matches(of: /def test_/).count
      #expect(tests > 10 && run.text.contains("Ran \(tests) tests"), "\(run.text)")
    }
  }

  @Test("the Python example takes batches by HTTP and plays them back")
  func exampleInPython() async throws {
    try await Scratch.inFolder { folder in
      let run = try ChildProcess.run(
        Self.python(),
        [Repository.url.appendingPathComponent("Examples/python/example.py").path, "store", "--check"],
        in: folder, environment: try Self.environment())
      #expect(run.status == 0, "\(run.text)")
      #expect(run.text.contains("played back 3 events byte for byte\n"), "\(run.text)")
    }
  }
}
