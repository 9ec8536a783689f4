import ArgumentParser
import SegmentEngine

/// Makes a new store of what can still be read of a damaged one.
struct Salvage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a new store of all that can still be read of a damaged one.",
    discussion: """
      The old store stays as it is; no server may run on it. It works with a damaged catalog and without one, with packs \
      that are cut short, and reads journals that were kept aside in damaged/. Packs that are well are shared with the old \
      store where both lie on one volume. Ends with status 1 where something is lost, which is listed. With --json one \
      object.
      """)

  @OptionGroup var options: StoreOptions

  @Argument(help: "Where to put the new store: a folder that does not exist.")
  var target: String

  @Flag(help: "Only look, and tell what would be there and what not.")
  var dryRun = false

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    let progress = Progress("salvage")
    defer { progress.hide() }
    let report = try await ReplayStore.salvage(options.store, into: target, isDryRun: dryRun) { done in
      progress.set(done, of: done)
    }
    progress.hide()
    if json { try Standard.print(document(report)) } else { try Standard.print(text(report)) }
    if !report.isComplete { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  private func document(_ report: SalvageReport) -> JSONValue {
    let losses = report.losses.map { loss -> JSONValue in
      [
        "file": .string(loss.file), "offsetBytes": .optional(loss.offset), "lengthBytes": .optional(loss.length),
        "project": .optional(loss.session?.project), "session": .optional(loss.session?.id),
        "fromSequence": .optional(loss.sequences?.lowerBound), "toSequence": .optional(loss.sequences?.upperBound),
        "fromMs": .time(loss.time?.lowerBound), "toMs": .time(loss.time?.upperBound), "reason": .string(loss.reason),
      ]
    }
    return .record([
      "isComplete": .bool(report.isComplete), "isDryRun": .bool(dryRun), "catalog": .string(report.catalog.rawValue),
      "sessions": .count(report.sessions), "events": .whole(report.events), "packsKept": .count(report.packsKept),
      "packsRewritten": .count(report.packsRewritten), "packsSuperseded": .count(report.packsSuperseded),
      "packsWritten": .count(report.packsWritten), "journals": .count(report.journals),
      "dictionaries": .count(report.dictionaries), "linkedBytes": .whole(report.bytesLinked),
      "writtenBytes": .whole(report.bytesWritten), "lossCount": .count(report.lossCount), "losses": .array(losses),
      "notes": .array(report.notes.map { .string($0) }),
    ])
  }

  private func text(_ report: SalvageReport) -> String {
    var text =
      report.notes.map { "note: \($0)".printable + "\n" }.joined() + report.losses.map { line($0) + "\n" }.joined()
    if report.lossCount > report.losses.count {
      text += "lost: \(report.lossCount - report.losses.count) more, not listed\n"
    }
    let packs =
      "\(Units.count(UInt64(report.packsKept), "pack")) as they are, \(report.packsRewritten) read in part or rewritten, "
      + "\(report.packsSuperseded) left behind, \(Units.count(UInt64(report.journals), "journal"))"
    text +=
      "\(dryRun ? "would salvage" : "salvaged") \(Units.count(UInt64(report.sessions), "session")), "
      + "\(Units.count(report.events, "event")): \(packs)"
    if !dryRun {
      text += "; \(Units.bytes(report.bytesLinked)) shared, \(Units.bytes(report.bytesWritten)) written"
    }
    return text + (report.isComplete ? "; nothing is lost\n" : "; \(report.lossCount) lost, see above\n")
  }

  /// `lost: why (FILE, 10 bytes at 20, session default/s-1, events 5 to 9, TIME to TIME)`.
  private func line(_ loss: SalvageReport.Loss) -> String {
    var places = [loss.file]
    if let offset = loss.offset { places.append(loss.length.map { "\($0) bytes at \(offset)" } ?? "at byte \(offset)") }
    if let session = loss.session { places.append("session \(session)") }
    if let sequences = loss.sequences, !sequences.isEmpty {
      places.append("events \(sequences.lowerBound) to \(sequences.upperBound - 1)")
    }
    if let time = loss.time { places.append("\(Units.time(time.lowerBound)) to \(Units.time(time.upperBound))") }
    return "lost: \(loss.reason) (\(places.joined(separator: ", ")))".printable
  }
}
