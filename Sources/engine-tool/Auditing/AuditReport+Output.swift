extension AuditReport {
  /// One object a row, and one that sums up.
  var objects: [JSONValue] {
    let rows = self.rows
    var objects: [JSONValue] = []
    for row in rows {
      objects.append(
        .record([
          "page": .string(row.key.page), "path": .string(row.key.path), "place": .string(row.key.place.description),
          "kind": .string(row.key.kind.rawValue), "occurrences": .whole(row.occurrences),
          "sessions": .whole(row.sessions), "example": .string(row.example),
        ]))
    }
    objects.append(
      .record([
        "findings": .whole(findings), "rows": .count(rows.count), "otherFindings": .whole(otherFindings),
        "sessions": .whole(sessions), "damagedSessions": .whole(damagedSessions), "events": .whole(counts.events),
        "rawBytes": .whole(counts.bytes), "packedEvents": .whole(counts.packed),
        "unknownEvents": .whole(counts.unknown), "unreadableEvents": .whole(counts.unreadable),
      ]))
    return objects
  }

  /// A table, and what to know of it.
  var text: String {
    let rows = self.rows
    var text = ""
    if !rows.isEmpty {
      var table = Table([
        "page": .left, "element": .left, "place": .left, "kind": .left, "count": .right, "sessions": .right,
        "example": .left,
      ])
      for row in rows {
        table.add(
          row.key.page, row.key.path.isEmpty ? "-" : row.key.path, row.key.place.description, row.key.kind.rawValue,
          "\(row.occurrences)", "\(row.sessions)", row.example)
      }
      text += table.text + "\n"
    }
    let places = rows.isEmpty ? "" : " at \(Units.count(UInt64(rows.count), "place"))"
    text += findings == 0 ? "nothing found" : Units.count(findings, "finding") + places
    text += ": looked at \(Units.count(sessions, "session")), \(Units.count(counts.events, "event")), "
    return text + "\(Units.bytes(counts.bytes))\n" + notes
  }

  private var notes: String {
    var text = ""
    if otherFindings > 0 { text += "\(Units.count(otherFindings, "finding")) at further places, not listed\n" }
    if counts.packed > 0 {
      let events = counts.packed == 1 ? "1 event was" : "\(counts.packed) events were"
      text += "\(events) compressed by the recorder and could not be looked into\n"
    }
    if counts.unknown > 0 {
      let events = counts.unknown == 1 ? "1 event is" : "\(counts.unknown) events are"
      text += "\(events) of no type known here: only plain strings were looked at\n"
    }
    if counts.unreadable > 0 {
      text += "\(Units.count(counts.unreadable, "event")) could not be read, or not to the end\n"
    }
    if damagedSessions > 0 {
      text += "\(Units.count(damagedSessions, "session")) could not be read whole; see verify\n"
    }
    return text
  }
}
