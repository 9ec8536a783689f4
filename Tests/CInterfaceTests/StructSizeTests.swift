import CSegmentEngine
import Foundation
import Testing

/// Programs that were compiled with an older or a newer header go on to work.
@Suite("structs of other versions")
struct StructSizeTests {
  @Test("what a shorter struct does not have is taken as zero, and what it has no room for is not written")
  func shorter() async throws {
    try await Scratch.inFolder { folder in
      try await onThread {
        let store = try CStore.open(folder.appendingPathComponent("store"))
        defer { store.free() }
        // A batch that ends before its flags, which hold what would be refused.
        let durability = try #require(MemoryLayout<segment_batch>.offset(of: \.durability))
        let short = store.append(CStore.batch(0..<1), to: "s") { batch in
          batch.struct_size = durability
          batch.durability = segment_durability(99)
          batch.flags = 0xFFFF
        }
        #expect(short.outcome.code == SEGMENT_OK)

        var receipt = segment_append_receipt()
        receipt.struct_size = try #require(MemoryLayout<segment_append_receipt>.offset(of: \.events))
        receipt.events = 77
        let outcome = append(to: store, &receipt)
        #expect(outcome.code == SEGMENT_OK && receipt.first.sequence == 1 && receipt.events == 77)
      }
    }
  }

  @Test("a longer struct is taken where what is new in it is zero, and refused where it is not")
  func longer() async throws {
    try await Scratch.inFolder { folder in
      try await onThread {
        let path = folder.appendingPathComponent("store").path
        let size = MemoryLayout<segment_open_options>.size + 24
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        memory.storeBytes(of: size, as: Int.self)
        let options = memory.assumingMemoryBound(to: segment_open_options.self)
        var store: OpaquePointer?
        try COutcome.of { segment_store_open(path, SEGMENT_READ_WRITE, options, &store, $0) }.succeed()
        segment_store_free(store)
        memory.storeBytes(of: 1, toByteOffset: size - 1, as: UInt8.self)
        let outcome = COutcome.of { segment_store_open(path, SEGMENT_READ_WRITE, options, &store, $0) }
        #expect(outcome.code == SEGMENT_INVALID_ARGUMENT && outcome.message.contains("newer library") && store == nil)
      }
    }
  }

  @Test("a size that was not set, or cannot be one, is refused before anything is done", arguments: [0, 7, 4_097, -1])
  func sizes(_ size: Int) async throws {
    try await Scratch.inFolder { folder in
      try await onThread {
        let store = try CStore.open(folder.appendingPathComponent("store"))
        defer { store.free() }
        #expect(
          store.append(CStore.batch(0..<1), to: "s") { $0.struct_size = size }.outcome.message.contains("struct_size"))
        var receipt = segment_append_receipt()
        receipt.struct_size = size
        #expect(append(to: store, &receipt).code == SEGMENT_INVALID_ARGUMENT)
        var report = segment_maintenance_report()
        report.struct_size = size
        let maintained = COutcome.of { segment_store_maintain(store.handle.pointer, 0, &report, $0) }
        #expect(maintained.code == SEGMENT_INVALID_ARGUMENT)
        let read = #expect(throws: COutcome.Failed.self) { try store.events("s") }
        #expect(read?.outcome.code == SEGMENT_NOT_FOUND, "nothing was stored")
      }
    }
  }

  private func append(to store: CStore, _ receipt: inout segment_append_receipt) -> COutcome {
    "p".withCString { project in
      "s".withCString { session in
        CStore.batch(0..<1).withCString { events in
          var batch = segment_batch()
          batch.struct_size = MemoryLayout<segment_batch>.size
          (batch.project, batch.session, batch.events) = (project, session, UnsafeRawPointer(events))
          batch.length = strlen(events)
          return COutcome.of { segment_store_append(store.handle.pointer, &batch, &receipt, $0) }
        }
      }
    }
  }
}
