import ArgumentParser
package import Spectra

/// A time on the command line: a point of time, a day, or how long ago.
package struct TimeArgument: ExpressibleByArgument, Equatable, Sendable {
  /// The point of time.
  package let timestamp: Timestamp

  /// What may be written, for messages and help.
  package static let forms = "2026-11-21T09:00:00Z, 2026-11-21 (UTC), or 90m, 24h, 7d (so long ago)"

  /// A hundred years.
  private static let secondsAgoMax: Int64 = 36_525 * 86_400

  /// Reads a time; nil when it is none of `forms`.
  package init?(argument: String) { self.init(argument, now: .now()) }

  /// Reads a time as seen from `now`.
  package init?(_ text: String, now: Timestamp) {
    if let timestamp = Timestamp(text) ?? Timestamp(text + "T00:00:00Z") {
      self.timestamp = timestamp
      return
    }
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let last = text.last, let unit = units[last], let count = Int64(text.dropLast()),
      (0...TimeArgument.secondsAgoMax / unit).contains(count)
    else { return nil }
    timestamp = Timestamp(
      microsecondsSinceEpoch: now.microsecondsSinceEpoch - count * unit * 1_000_000
    )
  }
}
