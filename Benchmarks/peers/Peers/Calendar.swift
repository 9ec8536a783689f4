/// The dates of the work: its days are days of a real calendar, in UTC.
public enum Calendar {
  /// Milliseconds of a day.
  public static let day: Int64 = 86_400_000
  /// Midnight of day 0: 1 June 2026, a Monday.
  public static let start: Int64 = 1_780_272_000_000

  /// Midnight at which a day begins, milliseconds since 1970.
  public static func start(of day: Int) -> Int64 { start + Int64(day) * self.day }

  /// The day that holds a moment; negative before day 0.
  public static func day(of time: Int64) -> Int {
    let days = (time - start) / day
    return Int(time < start && (time - start) % day != 0 ? days - 1 : days)
  }
}
