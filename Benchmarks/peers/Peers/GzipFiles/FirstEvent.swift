/// Finds when a batch begins.
enum FirstEvent {
  private static let key = Array("\"timestamp\":".utf8)

  /// The time of the first line's event, where it stands at the line's end as recorders write it; nil where it does
  /// not.
  static func time(of batch: [UInt8]) -> Int64? {
    let end = batch.firstIndex(of: 0x0A) ?? batch.count
    // A brace, at most 19 digits, the key: it is there or it is not.
    guard end > key.count + 1, batch[end - 1] == UInt8(ascii: "}") else { return nil }
    var start = end - 1
    while start > 0, end - start <= 20, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(batch[start - 1]) {
      start -= 1
    }
    guard start < end - 1, start >= key.count, batch[start - key.count..<start].elementsEqual(key) else { return nil }
    return batch[start..<end - 1].reduce(Int64?(0)) { value, digit in
      guard let value else { return nil }
      let (tens, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, overToo) = tens.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
      return over || overToo ? nil : sum
    }
  }
}
