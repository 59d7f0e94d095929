package import Spectra

/// The device's clock: without a battery, so it starts in the past until a host sets it.
package struct DeviceClock: Sendable {
  /// What a TI unit shows after power-up: Tuesday 2015-03-31 07:00:00.
  package static let bootMicroseconds: Int64 = 1_427_785_200_000_000

  private var setTo: Timestamp
  private var setAt: UInt64

  /// Starts the clock at `bootTime`, in microseconds since 1970; every `now` is CLOCK_MONOTONIC in
  /// nanoseconds.
  package init(showing bootTime: Int64 = DeviceClock.bootMicroseconds, now: UInt64) {
    setTo = Timestamp(microsecondsSinceEpoch: bootTime)
    setAt = now
  }

  /// The clock's time at `now`.
  package func time(now: UInt64) -> Timestamp {
    let elapsed = Int64((now - min(now, setAt)) / 1_000)
    return Timestamp(microsecondsSinceEpoch: setTo.microsecondsSinceEpoch + elapsed)
  }

  /// Sets the clock from the seven bytes of command 03/09; false when they are no time.
  package mutating func set(_ bytes: [UInt8], now: UInt64) -> Bool {
    let time = CalendarTime(
      year: 2000 + Int(bytes.littleEndian(at: 0, as: UInt8.self)),
      month: Int(bytes.littleEndian(at: 1, as: UInt8.self)),
      day: Int(bytes.littleEndian(at: 2, as: UInt8.self)),
      hour: Int(bytes.littleEndian(at: 4, as: UInt8.self)),
      minute: Int(bytes.littleEndian(at: 5, as: UInt8.self)),
      second: Int(bytes.littleEndian(at: 6, as: UInt8.self))
    )
    guard let timestamp = Timestamp(time) else { return false }
    (setTo, setAt) = (timestamp, now)
    return true
  }

  /// Year since 2000, month, day, weekday (0 is Sunday), hour, minute, second: one byte each.
  package static func bytes(of time: CalendarTime) -> [UInt8] {
    [
      UInt8(truncatingIfNeeded: time.year - 2000), UInt8(time.month), UInt8(time.day),
      UInt8(time.weekday), UInt8(time.hour), UInt8(time.minute), UInt8(time.second),
    ]
  }
}
