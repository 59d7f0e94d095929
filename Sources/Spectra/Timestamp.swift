import Glibc

/// A point of UTC time in microseconds since 1970-01-01T00:00:00Z.
///
/// Its text form is RFC 3339 with six decimals and `Z`, as in every line the daemon publishes.
@frozen
package struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Microseconds since the Unix epoch; negative before it.
  package var microsecondsSinceEpoch: Int64

  /// Makes a timestamp from microseconds since the Unix epoch.
  @inlinable
  package init(microsecondsSinceEpoch: Int64) {
    self.microsecondsSinceEpoch = microsecondsSinceEpoch
  }

  /// The host's CLOCK_REALTIME now.
  package static func now() -> Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(
      microsecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    )
  }

  @inlinable
  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
  }
}

/// Calendar fields of the proleptic Gregorian calendar in UTC.
package struct CalendarTime: Equatable, Sendable, BitwiseCopyable {
  /// The full year, for example 2026.
  package var year: Int
  /// 1 to 12.
  package var month: Int
  /// 1 to 31.
  package var day: Int
  /// 0 to 23.
  package var hour: Int
  /// 0 to 59.
  package var minute: Int
  /// 0 to 59.
  package var second: Int

  /// Makes a calendar time from its fields, which are not checked here.
  package init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
  }

  /// 0 for Sunday to 6 for Saturday.
  package var weekday: Int {
    let days = Timestamp.daysSinceEpoch(year: year, month: month, day: day)
    return Int(((days + 4) % 7 + 7) % 7)
  }
}

extension Timestamp {
  /// Makes a timestamp from calendar fields, or nil when a field is outside its range.
  package init?(_ time: CalendarTime) {
    guard (1...9999).contains(time.year), (1...12).contains(time.month) else { return nil }
    guard time.day >= 1, time.day <= Timestamp.dayCount(year: time.year, month: time.month) else {
      return nil
    }
    guard (0...23).contains(time.hour), (0...59).contains(time.minute) else { return nil }
    guard (0...59).contains(time.second) else { return nil }
    let days = Timestamp.daysSinceEpoch(year: time.year, month: time.month, day: time.day)
    let seconds = days * 86_400 + Int64(time.hour * 3_600 + time.minute * 60 + time.second)
    microsecondsSinceEpoch = seconds * 1_000_000
  }

  /// The calendar fields of this time in UTC, the fraction of a second dropped.
  package var calendarTime: CalendarTime {
    let (seconds, _) = Timestamp.floorDivide(microsecondsSinceEpoch, by: 1_000_000)
    let (days, secondOfDay) = Timestamp.floorDivide(seconds, by: 86_400)
    let (year, month, day) = Timestamp.civilDate(daysSinceEpoch: days)
    return CalendarTime(
      year: year,
      month: month,
      day: day,
      hour: Int(secondOfDay / 3_600),
      minute: Int(secondOfDay % 3_600 / 60),
      second: Int(secondOfDay % 60)
    )
  }

  private static func floorDivide(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
    let remainder = (value % divisor + divisor) % divisor
    return ((value - remainder) / divisor, remainder)
  }

  private static func dayCount(year: Int, month: Int) -> Int {
    let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    switch month {
    case 2: return isLeap ? 29 : 28
    case 4, 6, 9, 11: return 30
    default: return 31
    }
  }

  /// Days from 1970-01-01, after the well-known era arithmetic with years that start in March.
  fileprivate static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int64 {
    let marchYear = Int64(month <= 2 ? year - 1 : year)
    let (era, yearOfEra) = floorDivide(marchYear, by: 400)
    let marchMonth = Int64((month + 9) % 12)
    let dayOfYear = (153 * marchMonth + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func civilDate(daysSinceEpoch days: Int64) -> (Int, Int, Int) {
    let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (Int(year), Int(month), Int(day))
  }
}

extension Timestamp: LosslessStringConvertible {
  package var description: String {
    let time = calendarTime
    let fraction = (microsecondsSinceEpoch % 1_000_000 + 1_000_000) % 1_000_000
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    return padded(time.year, 4) + "-" + padded(time.month, 2) + "-" + padded(time.day, 2)
      + "T" + padded(time.hour, 2) + ":" + padded(time.minute, 2) + ":" + padded(time.second, 2)
      + "." + padded(Int(fraction), 6) + "Z"
  }

  /// Reads RFC 3339 in UTC: `2026-11-21T09:00:00Z` with zero to six decimals, or nil.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 27, bytes.last == UInt8(ascii: "Z") else { return nil }
    let separators: [(Int, Character)] = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")]
    for (index, character) in separators where bytes[index] != character.asciiValue { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for index in range {
        guard bytes[index] >= 48, bytes[index] <= 57 else { return nil }
        value = value * 10 + Int(bytes[index] - 48)
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      let whole = Timestamp(
        CalendarTime(
          year: year,
          month: month,
          day: day,
          hour: hour,
          minute: minute,
          second: second
        )
      )
    else { return nil }
    var fraction = 0
    if bytes.count > 20 {
      guard bytes[19] == UInt8(ascii: "."), bytes.count > 21,
        let digits = number(20..<(bytes.count - 1))
      else { return nil }
      fraction = digits
      for _ in 0..<(6 - (bytes.count - 21)) { fraction *= 10 }
    }
    self.init(microsecondsSinceEpoch: whole.microsecondsSinceEpoch + Int64(fraction))
  }
}
