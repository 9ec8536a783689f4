import SegmentEngine

/// What is to become one session: its files, and how they are cut.
struct ImportPlan: Sendable {
  /// What the command line says of all.
  struct Request: Sendable {
    var files: [String] = []
    var project = SessionOptions.defaultProject
    var session: String?
    var visitor: String?
    var visitorPerFile = false
    var window: String?
    var batchLists: [String] = []
  }

  var key: SessionKey
  var visitor: String?
  var files: [RecordingFile]
  /// The batches file, and each window's place in `files`.
  var list: (list: BatchList, places: [String: Int])?

  /// Plans what a command line asks for. Throws `Failure` where it is contradictory.
  static func plans(_ request: Request) throws -> [ImportPlan] {
    var plans =
      request.batchLists.isEmpty ? try plain(request) : try listed(request)
    var seen: Set<SessionKey> = []
    for index in plans.indices {
      if !seen.insert(plans[index].key).inserted {
        throw Failure(.usage, "several files are of session \(plans[index].key.id): give --session or --batches")
      }
      plans[index].visitor = request.visitorPerFile ? plans[index].key.id : request.visitor
    }
    return plans
  }

  private static func plain(_ request: Request) throws -> [ImportPlan] {
    guard let session = request.session else {
      return request.files.map { path in
        let file = RecordingFile(path, window: request.window ?? "")
        return ImportPlan(key: SessionKey(project: request.project, id: file.stem), files: [file])
      }
    }
    var files = request.files.map { RecordingFile($0, window: request.window ?? "") }
    if files.count > 1, request.window == nil {
      let names = files.map(\.windowName)
      guard Set(names).count == names.count else {
        throw Failure(.usage, "the files' names do not tell the windows of session \(session) apart: give --window")
      }
      for index in files.indices { files[index].window = names[index] }
    }
    return [ImportPlan(key: SessionKey(project: request.project, id: session), files: files)]
  }

  private static func listed(_ request: Request) throws -> [ImportPlan] {
    if request.window != nil { throw Failure(.usage, "--batches names the windows: --window cannot be given too") }
    if request.session != nil, request.batchLists.count > 1 {
      throw Failure(.usage, "--session names one recording, and there are several batches files")
    }
    var rest = request.files.map { RecordingFile($0) }
    var plans: [ImportPlan] = []
    for path in request.batchLists {
      let list = try BatchList.read(path)
      let name = list.session ?? sessionName(path)
      let own: [RecordingFile]
      if request.batchLists.count == 1 {
        own = rest
      } else {
        let named = Set((list.windows ?? []).compactMap { $0.file.map(RecordingFile.name(of:)) })
        own = rest.filter { file in
          named.contains(file.name) || file.stem == name || list.windowNames.contains { file.stem == "\(name).\($0)" }
        }
      }
      guard !own.isEmpty else { throw Failure(.usage, "no file is given for \(path)") }
      rest.removeAll { own.contains($0) }
      let places = try list.assign(own, path)
      var files = own
      for (window, place) in places { files[place].window = window }
      plans.append(
        ImportPlan(
          key: SessionKey(project: request.project, id: request.session ?? name), files: files, list: (list, places)))
    }
    if let spare = rest.first { throw Failure(.usage, "\(spare.path) belongs to none of the batches files") }
    return plans
  }

  /// The name of a batches file without its endings.
  private static func sessionName(_ path: String) -> String {
    let stem = RecordingFile(path).stem
    return stem.hasSuffix(".batches") ? String(stem.dropLast(8)) : stem
  }

  /// Opens the files and cuts them. `isTimed` asks for times, also where there is no batches file.
  /// Reads each file once to know its checksum; `onSurvey` gets its size decompressed, beside its size as it lies there.
  func open(isTimed: Bool, onSurvey: (_ bytes: UInt64, _ fileBytes: UInt64) -> Void) throws -> any BatchSource {
    var checksums: [UInt32: Int] = [:]
    var sources: [any BatchSource] = []
    var open: [ListedBatches.Open] = []
    for file in files {
      let survey = try Survey(file.path)
      onSurvey(survey.bytes, try InputFile.size(of: file.path))
      // Two windows may hold the same bytes, and yet are two.
      let copy = checksums[survey.checksum, default: 0]
      checksums[survey.checksum] = copy + 1
      let source = try ContentSource.open(file.path)
      if list != nil {
        if survey.isArray {
          throw Failure(.failed, "\(file.path) is a JSON array; a batches file counts lines of NDJSON")
        }
        open.append(
          ListedBatches.Open(
            lines: LineReader(source, file.path), file: file, checksum: survey.checksum, copy: copy))
      } else if survey.isArray {
        sources.append(try ArrayBatch(source, file, survey, copy: copy))
      } else {
        sources.append(
          LineBatches(
            LineReader(source, file.path), file, checksum: survey.checksum, copy: copy, isTimed: isTimed))
      }
    }
    if let list { return ListedBatches(list.list, list.places, open) }
    return sources.count == 1 ? sources[0] : JoinedBatches(sources)
  }
}

/// Batches of several files, one file after the other.
private struct JoinedBatches: BatchSource {
  private var sources: ArraySlice<any BatchSource>

  init(_ sources: [any BatchSource]) { self.sources = sources[...] }

  mutating func next() throws -> InputBatch? {
    while let place = sources.indices.first {
      if let batch = try sources[place].next() { return batch }
      sources.removeFirst()
    }
    return nil
  }
}
