extension BenchReport {
  /// For people: what was measured, a table, and what to know of it.
  var text: String {
    var text = Table.facts([
      "sessions": "\(sessions), \(Quantity.bytes(Double(rawBytes))) raw",
      "trained on": "\(split.training.count), \(Quantity.bytes(Double(split.training.rawBytes)))",
      "measured": "\(split.measured.count) others, \(Quantity.bytes(Double(split.measured.rawBytes)))",
      "machine": machine.text,
      "libraries": machine.libraries,
    ])
    var table = Table([
      "method": .left, "ratio": .right, "stored": .right, "of gzip": .right, "compress MB/s": .right,
      "decompress MB/s": .right, "a session": .right, "projected": .right,
    ])
    for row in rows {
      table.add(
        row.name, Quantity.number(row.ratio), Quantity.bytes(Double(row.storedBytes)),
        Quantity.percent(partOfGzip(row)), Quantity.number(row.compressionSpeed),
        Quantity.number(row.decompressionSpeed),
        Quantity.bytes(sessionBytes(row)), Quantity.bytes(projectedBytes(row)))
    }
    text += "\n" + table.text + "\n" + explanation + "\n"
    for note in notes { text += "note: \(note.printable)\n" }
    return text
  }

  /// What the columns mean.
  var explanation: String {
    "Speeds are raw bytes a second of processor time, one thread, best of \(Units.count(UInt64(rounds), "round")). "
      + "A dictionary is counted as stored, spread over \(Units.count(UInt64(sessionsPerDictionary), "session")). "
      + "Projected: \(Units.count(UInt64(sessionsPerDay), "session")) a day kept \(Units.count(UInt64(days), "day"))."
  }

  /// For programs.
  var document: JSONValue {
    .record([
      "measuredMs": .number(measured.rounded()),
      "sessions": .count(sessions),
      "rawBytes": .whole(rawBytes),
      "trainingSessions": .count(split.training.count),
      "trainingRawBytes": .whole(split.training.rawBytes),
      "measuredSessions": .count(split.measured.count),
      "measuredRawBytes": .whole(split.measured.rawBytes),
      "rounds": .count(rounds),
      "sessionsPerDay": .count(sessionsPerDay),
      "days": .count(days),
      "sessionsPerDictionary": .count(sessionsPerDictionary),
      "system": .string(machine.system),
      "architecture": .string(machine.architecture),
      "processor": .optional(machine.processor),
      "cores": .count(machine.cores),
      "memoryBytes": .whole(machine.memoryBytes),
      "zlibVersion": .string(machine.zlib),
      "lz4Version": .string(machine.lz4),
      "zstdVersion": .string(machine.zstd),
      "methods": .array(rows.map(document)),
      "notes": .array(notes.map { .string($0) }),
    ])
  }

  private func document(_ row: BenchRow) -> JSONValue {
    [
      "method": .string(row.method),
      "name": .string(row.name),
      "detail": .string(row.detail),
      "ratio": .number(row.ratio),
      "ratioWithoutDictionary": .number(row.ratioWithoutDictionary),
      "compressedBytes": .whole(row.storedBytes),
      "compressedBytesWithoutDictionary": .whole(row.compressedBytes),
      "dictionaryBytes": .optional(row.dictionaryBytes),
      "partOfGzip": .number(partOfGzip(row)),
      "compressionMegabytesPerSecond": row.compressionSpeed.map { .number($0) } ?? .null,
      "decompressionMegabytesPerSecond": row.decompressionSpeed.map { .number($0) } ?? .null,
      "averageSessionBytes": .number(sessionBytes(row)),
      "projectedGigabytes": .number(projectedBytes(row) / 1e9),
    ]
  }
}

extension MachineFacts {
  /// `Intel ..., 2 cores, x86_64, 23.4 GiB, Debian GNU/Linux 12`.
  var text: String {
    let cpu = processor.map { "\($0), " } ?? ""
    return "\(cpu)\(Units.count(UInt64(cores), "core")), \(architecture), \(Units.bytes(memoryBytes)), \(system)"
  }

  /// `zlib 1.2.13, LZ4 1.9.4, zstd 1.5.4`.
  var libraries: String { "zlib \(zlib), LZ4 \(lz4), zstd \(zstd)" }
}
