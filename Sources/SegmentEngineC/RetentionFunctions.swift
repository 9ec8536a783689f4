// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CSegmentEngine
internal import SegmentEngine

// What the functions do is said in segment_engine.h, against which the compiler checks each; its names are C's.

@c @implementation
public func segment_store_maintain(
  _ store: OpaquePointer?, _ jobs: UInt32, _ report: UnsafeMutablePointer<segment_maintenance_report>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    let store = unsafe try StoreObject.borrow(store)
    let jobs = try Set<MaintenanceJob>(bits: jobs)
    unsafe try CallerStruct.check(report, "report")
    let done = try Blocking.run { () throws(StoreError) in try await store.maintain(jobs) }
    guard let report = unsafe report else { return }
    unsafe try CallerStruct.write(segment_maintenance_report(done), to: report, "report")
  }
}

extension Set<MaintenanceJob> {
  fileprivate init(bits: UInt32) throws(StoreError) {
    let byBit: [(Int, MaintenanceJob)] = [
      (SEGMENT_JOB_EXPIRY, .expiry), (SEGMENT_JOB_ERASURE, .erasure), (SEGMENT_JOB_BUDGET, .budget),
      (SEGMENT_JOB_FLUSH, .flush), (SEGMENT_JOB_DICTIONARIES, .dictionaries), (SEGMENT_JOB_PROMOTION, .promotion),
      (SEGMENT_JOB_MERGE, .merge),
    ]
    try Flags.check(bits, known: byBit.reduce(0) { $0 | UInt32($1.0) }, "jobs")
    self = bits == 0 ? .all : Set(byBit.filter { bits & UInt32($0.0) != 0 }.map(\.1))
  }
}

extension segment_maintenance_report {
  fileprivate init(_ done: MaintenanceReport) {
    self.init()
    for departure in done.departures {
      sessions_gone += UInt64(departure.sessions)
      bytes_freed += departure.bytes
    }
    for rewrite in done.rewrites {
      sessions_dropped += UInt64(rewrite.sessionsDropped)
      packs_read += UInt64(rewrite.packsRead)
      packs_written += UInt64(rewrite.packsWritten)
    }
    erasures_ended = UInt64(done.erasuresEnded)
    dictionaries_adopted = UInt64(done.trainings.count { $0.outcome == .adopted })
    dictionaries_removed = UInt64(done.dictionariesRemoved.count)
  }
}

@c @implementation
public func segment_store_erase_session(
  _ store: OpaquePointer?, _ project: UnsafePointer<CChar>?, _ session: UnsafePointer<CChar>?,
  _ receipt: UnsafeMutablePointer<UnsafePointer<segment_erasure>?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    unsafe try erase(store, receipt) { () throws(StoreError) in
      .session(unsafe try CallerText.session(project, session))
    }
  }
}

@c @implementation
public func segment_store_erase_visitor(
  _ store: OpaquePointer?, _ visitor: UnsafePointer<CChar>?, _ project: UnsafePointer<CChar>?,
  _ receipt: UnsafeMutablePointer<UnsafePointer<segment_erasure>?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    unsafe try erase(store, receipt) { () throws(StoreError) in
      .visitor(
        unsafe try CallerText.required(visitor, "visitor ID", limit: FormatLimits.visitor),
        project: unsafe try CallerText.optional(project, "project", limit: FormatLimits.project))
    }
  }
}

@c @implementation
public func segment_store_erase_tag(
  _ store: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?,
  _ project: UnsafePointer<CChar>?, _ receipt: UnsafeMutablePointer<UnsafePointer<segment_erasure>?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    unsafe try erase(store, receipt) { () throws(StoreError) in
      .tag(
        key: unsafe try CallerText.required(key, "tag key", limit: FormatLimits.tagKey),
        value: unsafe try CallerText.required(value, "value of the tag", limit: FormatLimits.tagValue),
        project: unsafe try CallerText.optional(project, "project", limit: FormatLimits.project))
    }
  }
}

@c @implementation
public func segment_store_erase_project(
  _ store: OpaquePointer?, _ project: UnsafePointer<CChar>?,
  _ receipt: UnsafeMutablePointer<UnsafePointer<segment_erasure>?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> segment_code {
  unsafe segmentCall(error) { () throws(StoreError) in
    unsafe try erase(store, receipt) { () throws(StoreError) in
      .project(unsafe try CallerText.required(project, "project", limit: FormatLimits.project))
    }
  }
}

@c @implementation
public func segment_erasure_free(_ receipt: UnsafePointer<segment_erasure>?) {
  if let receipt = unsafe receipt { unsafe OwnedErasure.free(receipt) }
}

private func erase(
  _ store: OpaquePointer?, _ receipt: UnsafeMutablePointer<UnsafePointer<segment_erasure>?>?,
  _ target: () throws(StoreError) -> ErasureTarget
) throws(StoreError) {
  unsafe receipt?.pointee = nil
  let store = unsafe try StoreObject.borrow(store)
  let target = try target()
  let done = try Blocking.run { () throws(StoreError) in try await store.erase(target) }
  if let receipt = unsafe receipt { unsafe receipt.pointee = OwnedErasure.give(done) }
}
