import ArgumentParser
import SegmentEngine

/// Checks a store.
struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks the store and lists what is not as it should be.",
    discussion: """
      Ends with status 1 where there is damage or a warning; notes are what a crash leaves behind and lose nothing. \
      With --json one object.
      """)

  @OptionGroup var options: StoreOptions

  @Flag(help: "Decode every block and check every claim of every index.")
  var deep = false

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    try await options.withStore(.readOnly) { store in
      let progress = Progress("verify")
      defer { progress.hide() }
      let report = try await store.verify(deep: deep) { done, total in progress.set(done, of: total) }
      progress.hide()
      if json { try Standard.print(Self.document(report)) } else { try Standard.print(Self.text(report)) }
      if !report.isClean { throw ExitCode(ExitStatus.findings.rawValue) }
    }
  }

  private static func document(_ report: VerifyReport) -> JSONValue {
    let findings = report.findings.map { finding -> JSONValue in
      [
        "severity": .string(finding.severity.rawValue), "message": .string(finding.message),
        "file": .string(finding.file), "offsetBytes": .optional(finding.offset),
        "lengthBytes": .optional(finding.length), "project": .optional(finding.session?.project),
        "session": .optional(finding.session?.id), "fromMs": .time(finding.time?.lowerBound),
        "toMs": .time(finding.time?.upperBound),
      ]
    }
    return .record([
      "isClean": .bool(report.isClean), "files": .count(report.files), "checkedBytes": .whole(report.bytes),
      "segments": .whole(report.segments), "blocks": .whole(report.blocks), "events": .whole(report.events),
      "findings": .array(findings),
    ])
  }

  private static func text(_ report: VerifyReport) -> String {
    var text = report.findings.map { line($0) + "\n" }.joined()
    let checked =
      "\(Units.count(UInt64(report.files), "file")), \(Units.bytes(report.bytes)), "
      + "\(Units.count(report.segments, "segment")), \(Units.count(report.blocks, "block")), "
      + Units.count(report.events, "event")
    func count(_ severity: VerifyReport.Finding.Severity) -> UInt64 {
      UInt64(report.findings.count { $0.severity == severity })
    }
    let verdict =
      report.isClean
      ? "clean" : "\(Units.count(count(.damage), "damage")), \(Units.count(count(.warning), "warning"))"
    let notes = count(.note) == 0 ? "" : ", \(Units.count(count(.note), "note"))"
    text += "\(verdict)\(notes): checked \(checked)\n"
    return text
  }

  /// `damage: what is wrong (FILE, bytes 10 to 20, session default/s-1, TIME to TIME)`.
  private static func line(_ finding: VerifyReport.Finding) -> String {
    var places = [finding.file]
    if let offset = finding.offset {
      places.append(finding.length.map { "\($0) bytes at \(offset)" } ?? "at byte \(offset)")
    }
    if let session = finding.session { places.append("session \(session)") }
    if let time = finding.time { places.append("\(Units.time(time.lowerBound)) to \(Units.time(time.upperBound))") }
    return "\(finding.severity.rawValue): \(finding.message) (\(places.joined(separator: ", ")))".printable
  }
}
