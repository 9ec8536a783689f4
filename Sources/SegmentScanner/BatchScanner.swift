/// Finds the events of a batch without building a tree.
package enum BatchScanner {
  /// Finds each event of a batch: NDJSON (events with any white space between them) or one JSON array of events. A
  /// byte order mark at the very start is passed over.
  ///
  /// Of each event the fields are read that indexes and summaries need; `receiveTime` (milliseconds since 1970) stands
  /// in where an event is packed whole into a string. **Checked**: brackets match by kind, strings are closed, control
  /// characters stand only where white space may and backslashes in strings only, depth and size keep to `limits`; and
  /// of each event and its `data` object the whole grammar of JSON at their own level. **Not checked**: commas, colons
  /// and literals inside the arrays and objects further in, escape sequences, and UTF-8; all are kept byte for byte.
  /// Where a key of `data` repeats, its first value counts.
  ///
  /// Throws the first error if `invalid` is `.reject`, and in any case `emptyBatch` if there is no element at all. With
  /// `.skip` the good events are kept and the others listed. After an element that reads as JSON the scan goes on
  /// behind it. After any other it goes on, in NDJSON, behind the first line feed after the element's first byte; in an
  /// array, behind the element if its brackets match and a comma or the end follows, else all that remains is one
  /// rejected element. If NDJSON is so broken that looking for the ends of
  /// its events has cost as much as reading the batch, the rest is read line by line, an event on each.
  ///
  /// Linear in the length of the batch; does not recurse, and allocates for its result only.
  package static func scan(
    _ bytes: RawSpan, receiveTime: Double, invalid: InvalidEvents, limits: ScanLimits = ScanLimits()
  ) throws(ScanError) -> ScannedBatch {
    try bytes.withScannedBytes { scanned throws(ScanError) in
      var walk = BatchWalk(scanned, receiveTime: receiveTime, invalid: invalid, limits: limits)
      try walk.run()
      return walk.batch
    }
  }

  /// Appends the events of a batch as NDJSON: each as it came and a line feed, with a space for each line feed or
  /// carriage return between its tokens (inside strings there is none). `bytes` are those that were scanned.
  package static func appendCanonical(_ scanned: ScannedBatch, from bytes: RawSpan, to output: inout [UInt8]) {
    bytes.withScannedBytes { source in
      if scanned.isCanonical {
        output.reserveCapacity(output.count + source.count + 1)
        source.append(0..<source.count, to: &output)
        if source[source.count - 1] != Ascii.lineFeed { output.append(Ascii.lineFeed) }
        return
      }
      output.reserveCapacity(output.count + scanned.events.reduce(0) { $0 + $1.length + 1 })
      for event in scanned.events {
        let start = output.count
        source.append(event.offset..<event.offset + event.length, to: &output)
        if event.flags.contains(.hasLineBreaks) {
          for place in start..<output.count
          where output[place] == Ascii.lineFeed || output[place] == Ascii.carriageReturn {
            output[place] = Ascii.space
          }
        }
        output.append(Ascii.lineFeed)
      }
    }
  }
}
