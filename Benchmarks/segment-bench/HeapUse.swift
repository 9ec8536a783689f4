import Foundation

/// Bytes of memory that are allocated and not freed.
enum HeapUse {
  /// By glibc's own account, `malloc_info`; where there is none, what is resident.
  static func bytes() -> Int {
    allocated() ?? resident()
  }

  private typealias MallocInfo = @convention(c) (Int32, OpaquePointer) -> Int32

  /// What the heaps have from the system, without what is free in them, and what large blocks have of their own.
  private static func allocated() -> Int? {
    // Found by name: the header that declares it is not in the module.
    guard let symbol = unsafe dlsym(dlopen(nil, RTLD_NOW), "malloc_info") else { return nil }
    let info = unsafe unsafeBitCast(symbol, to: MallocInfo.self)
    guard let file = unsafe tmpfile() else { return nil }
    defer { unsafe fclose(file) }
    guard unsafe info(0, OpaquePointer(file)) == 0 else { return nil }
    unsafe rewind(file)
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    // The totals follow the last heap.
    guard let end = text.range(of: "</heap>", options: .backwards) else { return nil }
    let totals = text[end.upperBound...]
    func size(_ tag: String) -> Int? {
      guard let line = totals.split(separator: "\n").first(where: { $0.contains(tag) }),
        let start = line.range(of: "size=\"")
      else { return nil }
      return Int(line[start.upperBound...].prefix { $0.isNumber })
    }
    guard let system = size("<system type=\"current\""), let fast = size("<total type=\"fast\""),
      let rest = size("<total type=\"rest\""), let mapped = size("<total type=\"mmap\"")
    else { return nil }
    return system - fast - rest + mapped
  }

  private static func resident() -> Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
  }
}
