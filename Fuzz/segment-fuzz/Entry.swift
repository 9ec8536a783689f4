#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The target that this process fuzzes.
private nonisolated(unsafe) var target: (@Sendable ([UInt8]) -> Void)?

/// Chooses the target that SEGMENT_FUZZ_TARGET names; with SEGMENT_FUZZ_SEEDS=FOLDER writes the first inputs of all
/// targets below that folder and ends.
@_cdecl("LLVMFuzzerInitialize")
func initialize(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> Int32 {
  if let folder = unsafe getenv("SEGMENT_FUZZ_SEEDS") {
    Seeds.write(to: unsafe String(cString: folder))
    exit(0)
  }
  let name = unsafe getenv("SEGMENT_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
  guard let found = FuzzTarget.all.first(where: { $0.name == name }) else {
    print("SEGMENT_FUZZ_TARGET must name one of: \(FuzzTarget.all.map(\.name).joined(separator: " "))")
    exit(2)
  }
  unsafe target = found.run
  return 0
}

/// Gives the target one input.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  unsafe target?(input)
  return 0
}
