internal import SegmentCodecs
internal import SegmentFiles

/// Has the content of a dictionary selected from the sample, in two passes over its packs.
struct DictionarySelection {
  let core: StoreCore
  let options: DictionaryTraining
  let control: MaintenanceControl

  func select(_ sample: TrainingSample) throws(StoreError) -> DictionaryCandidates {
    var settings = TrainingOptions()
    settings.minimumVisitors = min(max(options.visitors, 1), 255)
    settings.minimumUnknown = min(max(options.unknownSessions, settings.minimumVisitors), 255)
    settings.minimumShare = min(max(options.share, 0), 1)
    settings.visitorsOnly = options.visitorsOnly
    settings.contentLimit = min(max(options.contentBytes, 1 << 10), 16 << 20)
    let random = core.environment.random
    let key = HashKey(k0: random.next(), k1: random.next())
    var trainer = DictionaryTrainer(
      settings, plannedSessions: sample.trained.count, plannedVisitors: sample.trained.count, key: key)
    let names = HashKey(k0: random.next(), k1: random.next())
    for pass in 0..<2 {
      if pass == 1 { trainer.beginSelection() }
      for session in sample.trained {
        try control.check()
        let visitor: TrainingVisitor =
          session.visitor.isEmpty ? .unknown : .known(SipHash.hash128(Array(session.visitor.utf8), key: names))
        guard trainer.beginSession(of: visitor) else { continue }
        do throws(StoreError) {
          try core.forEachBlock(of: session, limit: options.sessionBytes) { (content, _, _) in
            unsafe trainer.add(content.span.bytes)
          }
        } catch {
          // Seen in the first pass and not in the second, or in neither: it counts for less, never for more.
          guard error.code == .damaged || error.code == .notFound else { throw error }
        }
      }
    }
    return trainer.finish()
  }

  /// A dictionary over content that was selected.
  static func dictionary(_ content: [UInt8]) throws(StoreError) -> ZstdDictionary {
    do { return try ZstdDictionary(content) } catch {
      throw StoreError(.ioFailed, "a dictionary could not be made: \(error.detail)")
    }
  }

  /// What one copy will weigh on the disk, about: compressed less thoroughly than the file will be.
  static func fileBytes(_ content: [UInt8]) throws(StoreError) -> Int {
    var frame: [UInt8] = []
    do {
      return try unsafe ZstdCompressor(level: 12).compress(content.span.bytes, dictionary: nil, appendingTo: &frame)
        + DictionaryFile.headerSize
    } catch {
      throw StoreError(.ioFailed, "a dictionary could not be compressed: \(error.detail)")
    }
  }
}
