import ArgumentParser
import SegmentEngine

/// Destroys sessions now.
struct Erase: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Destroys a session, or all of a visitor, a tag or a project, with a receipt.",
    discussion: """
      Safe beside a process that writes, and beside compact; needs no lock. From the first moment on nothing can be read of \
      the sessions, and when it returns their bytes are overwritten in packs, journals and catalog. The receipt says what was \
      done and what cannot be reached; --receipts lists earlier ones. With --json one object, or one a line for --receipts.
      """)

  @OptionGroup var options: StoreOptions

  @Argument(help: "The session's ID.")
  var session: String?

  @Option(help: "The project; with neither a session, --visitor nor --tag all of it goes.")
  var project: String?

  @Option(help: "All sessions of this visitor.")
  var visitor: String?

  @Option(
    help: ArgumentHelp("All sessions with this tag.", valueName: "key=value"), transform: TagArgument.init(parsing:))
  var tag: TagArgument?

  @Flag(help: "List the receipts of what was erased before.")
  var receipts = false

  @Flag(help: "Only say how many sessions would go.")
  var dryRun = false

  @Flag(help: "JSON.")
  var json = false

  func validate() throws {
    let given = [session != nil, visitor != nil, tag != nil].count { $0 }
    if receipts {
      if given > 0 || project != nil || dryRun { throw ValidationError("--receipts stands alone") }
      return
    }
    if given > 1 { throw ValidationError("give one of a session, --visitor and --tag") }
    if given == 0, project == nil { throw ValidationError("say what: a session, --visitor, --tag or --project") }
    if let tag, tag.value == nil { throw ValidationError("give the tag's value: --tag \(tag.key)=VALUE") }
  }

  func run() async throws {
    if receipts { return try await listReceipts() }
    try await options.withStore(dryRun ? .readOnly : .maintenance) { store in
      let target = try await target(in: store)
      if dryRun {
        let count = try await erasable(target, in: store)
        if count == 0 { throw Failure(.notFound, "there is no session that this would erase") }
        if json { return try Standard.print(JSONValue.record(["isDryRun": .bool(true), "sessions": .count(count)])) }
        return try Standard.print("would erase \(Units.count(UInt64(count), "session"))\n")
      }
      let progress = Progress("erase")
      defer { progress.hide() }
      let info = try await store.info()
      let total = info.recentPacks.bytes + info.archivePacks.bytes
      let receipt = try await store.erase(target) { done in progress.set(done, of: max(done, total)) }
      progress.hide()
      if json { return try Standard.print(JSONValue.object([(key: "schema", value: .whole(1))] + receipt.members)) }
      try Standard.print(receipt.text)
    }
  }

  private func erasable(_ target: ErasureTarget, in store: ReplayStore) async throws -> Int {
    // One that is named is erased wherever it may be on its way; to say what would go it has to be there.
    if case .session(let key) = target {
      _ = try await SessionOptions.find(key.id, project: key.project, in: store)
      return 1
    }
    return try await store.erasable(target).count
  }

  private func target(in store: ReplayStore) async throws -> ErasureTarget {
    if let visitor { return .visitor(visitor, project: project) }
    if let tag { return .tag(key: tag.key, value: tag.value ?? "", project: project) }
    if let session {
      if let project { return .session(SessionKey(project: project, id: session)) }
      return .session(try await SessionOptions.find(session, project: nil, in: store).key)
    }
    return .project(project ?? SessionOptions.defaultProject)
  }

  private func listReceipts() async throws {
    try await options.withStore(.readOnly) { store in
      let receipts = try await store.erasureReceipts()
      if json {
        return try Standard.print(
          receipts.map { JSONValue.object([(key: "schema", value: .whole(1))] + $0.members).text + "\n" }.joined())
      }
      if receipts.isEmpty { return try Standard.print("nothing was erased\n") }
      var table = Table([
        "time": .left, "kind": .left, "name": .left, "sessions": .right, "segments": .right, "batches": .right,
        "bytes": .right, "state": .left,
      ])
      for receipt in receipts {
        table.add(
          Units.time(receipt.time), receipt.kind.rawValue, receipt.nameHash, "\(receipt.sessions)",
          "\(receipt.segments)",
          "\(receipt.records)", Units.bytes(receipt.bytes), receipt.isComplete ? "done" : "interrupted: erase again")
      }
      try Standard.print(table.text)
    }
  }
}

extension ErasureReceipt {
  var members: [(key: String, value: JSONValue)] {
    [
      (key: "id", value: .string(id)), (key: "timeMs", value: .time(time)),
      (key: "kind", value: .string(kind.rawValue)),
      (key: "nameHash", value: .string(nameHash)), (key: "sessions", value: .whole(sessions)),
      (key: "segments", value: .whole(segments)), (key: "records", value: .whole(records)),
      (key: "bytes", value: .whole(bytes)), (key: "packs", value: .whole(packs)),
      (key: "journals", value: .whole(journals)), (key: "isComplete", value: .bool(isComplete)),
      (key: "limits", value: .array(limits.map { .string($0) })),
    ]
  }

  var text: String {
    var text = Table.facts([
      "receipt": id,
      "time": Units.time(time),
      "erased": "\(Units.count(sessions, "session")) by \(kind.rawValue)",
      "name": nameHash,
      "packs":
        "\(Units.count(segments, "segment")) in \(Units.count(packs, "pack")), \(Units.bytes(bytes)) overwritten with zeros",
      "journals":
        "\(records == 1 ? "1 batch" : "\(records) batches") in \(Units.count(journals, "journal")) overwritten",
      "catalog": "written anew, old generations overwritten",
    ])
    if !limits.isEmpty { text += "not reached:\n" + limits.map { "  \($0)\n" }.joined() }
    return text
  }
}
