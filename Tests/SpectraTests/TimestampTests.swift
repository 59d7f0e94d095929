import Spectra
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000000Z"),
    (1_795_251_600_123_456, "2026-11-21T09:00:00.123456Z"),
    (951_827_696_000_001, "2000-02-29T12:34:56.000001Z"),
    (-1, "1969-12-31T23:59:59.999999Z"),
    (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"),
  ])
  func `a time is written as RFC 3339 with microseconds and read back`(
    microseconds: Int,
    text: String
  ) {
    let time = Timestamp(microsecondsSinceEpoch: Int64(microseconds))
    #expect(time.description == text)
    #expect(Timestamp(text) == time)
  }

  @Test(arguments: [
    "", "2026-11-21", "2026-11-21T09:00:00", "2026-13-21T09:00:00Z", "2026-02-29T09:00:00Z",
    "2026-11-21T24:00:00Z", "2026-11-21T09:00:00.Z", "2026-11-21T09:00:00.1234567Z",
    "2026/11/21T09:00:00Z", "2026-11-21T09:00:00+01:00Z", "2026-11-2aT09:00:00Z",
  ])
  func `a text that is no such time is refused`(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func `weekdays count from Sunday`() {
    let saturday = CalendarTime(year: 2026, month: 11, day: 21, hour: 0, minute: 0, second: 0)
    #expect(saturday.weekday == 6)
  }
}
