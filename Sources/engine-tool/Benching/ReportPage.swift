import SegmentEngine

/// The report as one page of HTML, which loads nothing and runs nothing.
struct ReportPage {
  private let report: BenchReport

  init(_ report: BenchReport) { self.report = report }

  var text: String {
    let sessions = Units.count(UInt64(report.split.measured.count), "session")
    let raw = Quantity.bytes(Double(report.split.measured.rawBytes))
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Session recordings, compressed</title>
      <style>
      \(ReportStyle.text)
      </style>
      </head>
      <body>
      <main>
      <header>
      <h1>Session recordings, compressed</h1>
      <p class="soft">\(sessions), \(raw) of rrweb events, by each method in turn: how small they become, and how fast.</p>
      </header>
      \(cards)<section>
      <h2>Bytes to keep</h2>
      <p class="soft">\(projection)</p>
      \(BarChart(report: report).drawing)</section>
      <section>
      <h2>How small, and how fast to write</h2>
      <p class="soft">Up is smaller, right is faster. Both axes multiply: one step is always the same factor.</p>
      \(Self.legend)\(SpeedChart(report: report, title: "compression", speed: \.compressionSpeed).drawing)</section>
      <section>
      <h2>How small, and how fast to read</h2>
      \(Self.legend)\(SpeedChart(report: report, title: "decompression", speed: \.decompressionSpeed).drawing)</section>
      <section>
      <h2>All figures</h2>
      <p class="soft">\(Markup.escaped(report.explanation))</p>
      \(table)</section>
      <section>
      <h2>What was measured</h2>
      \(facts)</section>
      </main>
      </body>
      </html>

      """
  }

  /// The engine's smallest figures, large.
  private var cards: String {
    guard let best = report.rows.filter({ $0.family == .engine }).max(by: { $0.ratio < $1.ratio }) else { return "" }
    let gzip = report.gzip.map { Quantity.bytes(report.projectedBytes($0)) } ?? "-"
    let cards = [
      ("\(Quantity.number(best.ratio))×", "smaller than raw, by \(best.name)"),
      (Quantity.percent(report.partOfGzip(best)), "of what gzip -6 makes of the same sessions"),
      (Quantity.bytes(report.projectedBytes(best)), "projected, where gzip -6 takes \(gzip)"),
    ]
    let text = cards.map { figure, words in
      "<div class=\"card\"><b>\(Markup.escaped(figure))</b><span>\(Markup.escaped(words))</span></div>"
    }
    return "<div class=\"cards\">\n\(text.joined(separator: "\n"))\n</div>\n"
  }

  private var projection: String {
    let raw = report.rows.first { $0.family == .raw }.map { Quantity.bytes(report.projectedBytes($0)) } ?? "-"
    return Markup.escaped(
      "\(Units.count(UInt64(report.sessionsPerDay), "session")) a day like these, kept "
        + "\(Units.count(UInt64(report.days), "day")). Raw they are \(raw), which is not drawn.")
  }

  private static let legend: String = {
    func item(_ shape: String, _ name: String) -> String {
      "<span><svg viewBox=\"0 0 16 16\" aria-hidden=\"true\">\(shape)</svg>\(name)</span>"
    }
    return "<div class=\"legend\">"
      + item("<path d=\"M8 1 L15 8 L8 15 L1 8 Z\" class=\"fill-engine\"/>", "this engine")
      + item("<circle cx=\"8\" cy=\"8\" r=\"6\" class=\"fill-zstd\"/>", "zstd, whole sessions")
      + item("<path d=\"M3 3 H13 V13 H3 Z\" class=\"fill-general\"/>", "gzip and LZ4, whole sessions") + "</div>\n"
  }()

  private var table: String {
    let headings = [
      "method", "ratio", "stored", "of gzip -6", "compress<br>MB/s", "decompress<br>MB/s", "a session", "projected",
    ]
    let head = headings.map { "<th scope=\"col\">\($0)</th>" }.joined()
    let rows = report.rows.map { row in
      let cells = [
        Quantity.number(row.ratio), Quantity.bytes(Double(row.storedBytes)), Quantity.percent(report.partOfGzip(row)),
        Quantity.number(row.compressionSpeed), Quantity.number(row.decompressionSpeed),
        Quantity.bytes(report.sessionBytes(row)), Quantity.bytes(report.projectedBytes(row)),
      ]
      return "<tr class=\"\(row.family.rawValue)\"><td>\(Markup.escaped(row.name))<small>\(Markup.escaped(detail(row)))"
        + "</small></td>" + cells.map { "<td>\(Markup.escaped($0))</td>" }.joined() + "</tr>"
    }
    return "<div class=\"wide\"><table>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n\(rows.joined(separator: "\n"))\n"
      + "</tbody>\n</table></div>\n"
  }

  private func detail(_ row: BenchRow) -> String {
    guard let bytes = row.dictionaryBytes else { return row.detail }
    return "\(row.detail) (\(Quantity.bytes(Double(bytes))) stored; "
      + "ratio without it \(Quantity.number(row.ratioWithoutDictionary)))"
  }

  private var facts: String {
    let split = report.split
    var facts = [
      ("sessions", "\(report.sessions), \(Quantity.bytes(Double(report.rawBytes))) raw"),
      ("trained on", "\(split.training.count), \(Quantity.bytes(Double(split.training.rawBytes)))"),
      ("measured on", "\(split.measured.count) others, \(Quantity.bytes(Double(split.measured.rawBytes)))"),
      ("first measured", split.measured.first?.name ?? "-"),
      ("last measured", split.measured.last?.name ?? "-"),
      ("machine", report.machine.text),
      ("libraries", report.machine.libraries),
      ("when", Units.time(Timestamp(millisecondsSince1970: report.measured.rounded()))),
    ]
    facts += report.notes.map { ("note", $0) }
    let items = facts.map { "<dt>\(Markup.escaped($0.0))</dt><dd>\(Markup.escaped($0.1))</dd>" }
    return "<dl>\n\(items.joined(separator: "\n"))\n</dl>\n"
  }
}
