/// Times as people read them.
package enum ISO8601 {
  /// `2026-11-23T20:01:02.345Z`; the number itself where it lies beyond the years 0-9999.
  package static func text(_ milliseconds: Double) -> String {
    guard milliseconds.isFinite, milliseconds >= -62_167_219_200_000, milliseconds < 253_402_300_800_000 else {
      return "\(milliseconds)"
    }
    let whole = Int64(milliseconds.rounded(.down))
    let day = whole >= 0 ? whole / 86_400_000 : (whole - 86_399_999) / 86_400_000
    let rest = whole - day * 86_400_000
    let (year, month, date) = civil(day)
    func pad(_ value: Int64, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(date, 2))T"
      + "\(pad(rest / 3_600_000, 2)):\(pad(rest / 60_000 % 60, 2)):\(pad(rest / 1_000 % 60, 2)).\(pad(rest % 1_000, 3))Z"
  }

  /// Year, month and day of a day since 1970 in the proleptic Gregorian calendar, by counting from 1 March of year 0
  /// in eras of 400 years, where leap days fall at the end of a year.
  private static func civil(_ day: Int64) -> (Int64, Int64, Int64) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let date = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date)
  }
}
