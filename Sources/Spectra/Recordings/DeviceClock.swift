/// Reads the scanner's clock as the scanners' programs write it.
enum DeviceClock {
  /// The time in a cell of the current row, nil when the clock was never set to a date.
  ///
  /// `19/11/24 @ 9:33:31` begins with the day, `2024/11/19T9:33:31` with the year. A year below 100
  /// is of this century: the scanner counts from 2000. The clock has no time zone; it is taken for
  /// UTC.
  static func time(_ rows: CSVRows, _ index: Int) throws(RecordingError) -> Timestamp? {
    let text = try rows.text(index)
    if text.isEmpty { return nil }
    let numbers = text.split { !($0.isASCII && $0.isNumber) }.compactMap { Int($0) }
    let marks = text.filter { !($0.isASCII && $0.isNumber) && $0 != " " }
    guard numbers.count == 6, marks == "//@::" || marks == "//T::" else {
      throw rows.malformed(
        index,
        expected: "a time such as 19/11/24 @ 9:33:31 or 2024/11/19T9:33:31"
      )
    }
    let dayFirst = marks == "//@::"
    let (year, day) = dayFirst ? (numbers[2], numbers[0]) : (numbers[0], numbers[2])
    return Timestamp(
      CalendarTime(
        year: year < 100 ? 2000 + year : year,
        month: numbers[1],
        day: day,
        hour: numbers[3],
        minute: numbers[4],
        second: numbers[5]
      )
    )
  }
}
