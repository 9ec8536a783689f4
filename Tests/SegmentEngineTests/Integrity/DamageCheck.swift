import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// Looks at a store one file of which is damaged: it must open, `verify` must name the file, every session but what the
/// damage may cost must be listed and read, and nothing be given out that was not put in.
struct DamageCheck {
  let reference: ReferenceStore
  let map: DamageMap

  init(_ reference: ReferenceStore) throws {
    self.reference = reference
    map = try DamageMap(try reference.onDisk().openReference())
  }

  /// What the damage must and may do.
  struct Expectation {
    var losses: [DamageMap.Loss] = []
    /// False where what was damaged means nothing; nil where that may be so.
    var isFound: Bool? = true
    /// The catalog is gone: opening must say so.
    var opens = true
    /// Edits that only this part of the catalog held.
    var mayLoseTags = false
  }

  /// What is wrong with how the store takes it; nil where nothing is.
  func problem(_ store: SimulatedStore, _ file: String, _ expected: Expectation) -> String? {
    let reader: StoreCore
    do { reader = try store.openReference() } catch {
      if expected.opens { return "it does not open: \(error)" }
      return error.location?.file == file ? nil : "opening fails without naming it: \(error)"
    }
    if !expected.opens { return "it opens" }
    do {
      let findings = try reader.verified(deep: true).findings
      let isFound = findings.contains { $0.file == file }
      if let wanted = expected.isFound, wanted != isFound { return "verify finds \(findings)" }
      if let other = findings.first(where: { $0.file != file && !Self.isConsequence($0, expected) }) {
        return "verify finds something elsewhere: \(other)"
      }
    } catch { return "verify fails: \(error)" }
    do {
      let listed = Set(try reader.list(.init()).sessions.map(\.key))
      for key in reference.sessions.keys where !listed.contains(key) && !expected.mayHide(key) {
        return "\(key) is not listed"
      }
    } catch { return "listing fails: \(error)" }
    for (key, session) in reference.sessions {
      if let problem = problem(reader, key, session, file, expected) { return "\(key): \(problem)" }
    }
    for key in [ReferenceStore.erased, ReferenceStore.dropped] {
      if let read = try? reader.exported(key), !read.bytes.isEmpty { return "\(key) is there again" }
    }
    return nil
  }

  /// A gap of a session says so for itself, too; it names the file where events go on.
  private static func isConsequence(_ finding: VerifyReport.Finding, _ expected: Expectation) -> Bool {
    guard let session = finding.session else { return false }
    return expected.losses.contains { $0.hits(session) }
  }

  private func problem(
    _ reader: StoreCore, _ key: SessionKey, _ session: ReferenceStore.Session, _ file: String, _ expected: Expectation
  ) -> String? {
    do {
      if !expected.mayLoseTags, !expected.losses.contains(where: { $0.hits(key) }) {
        guard let summary = try reader.summary(of: key) else { return "it has no summary" }
        if summary.tags != session.tags || summary.windows != session.windows || summary.visitor != session.visitor {
          return "its summary says \(summary.tags), \(summary.windows), \(summary.visitor)"
        }
      }
      let read = try reader.exported(key)
      var lost = Set<UInt64>()
      var unnamed = Set<UInt64>()
      for case .events(let hit, let range, let isNamed) in expected.losses where hit == key {
        if isNamed { lost.formUnion(range) } else { unnamed.formUnion(range) }
      }
      let told = Set(read.gaps.compactMap(\.sequences).flatMap { Array($0) })
      if !told.isSubset(of: lost.union(unnamed)) { return "it says that \(told.sorted()) are lost" }
      let count = UInt64(session.lines.count)
      // The last events, whose record alone told of them, may be missing without a word.
      var end = count
      while end > 0, unnamed.contains(end - 1), !told.contains(end - 1) { end -= 1 }
      for end in end == count ? [count] : [count, end] {
        let left = (0..<end).filter { !told.contains($0) }.reduce(into: "") { $0 += session.lines[Int($1)] + "\n" }
        if Array(left.utf8) == read.bytes { return nil }
      }
      return "it reads otherwise, with gaps \(told.sorted()): \(read.bytes.count) of \(session.text.utf8.count) bytes"
    } catch {
      if case .session(key, _) = expected.losses.first, error.location?.file == file { return nil }
      return "reading fails: \(error)"
    }
  }
}

extension DamageMap.Loss {
  func hits(_ session: SessionKey) -> Bool {
    switch self {
    case .nothing: false
    case .events(let key, _, _), .tags(let key), .session(let key, _): key == session
    }
  }
}

extension DamageCheck.Expectation {
  func mayHide(_ key: SessionKey) -> Bool { losses.contains { $0.hits(key) } }
}
