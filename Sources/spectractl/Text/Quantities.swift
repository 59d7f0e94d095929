import Spectra

/// Numbers as people read them.
package enum Quantities {
  /// A number with so many decimals: `decimal(-1.25, 1)` is `-1.3`; `-` where there is none.
  package static func decimal(_ value: Double?, _ places: Int) -> String {
    guard let value, value.isFinite else { return "-" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let digits = String(Int64(scaled))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + padded }
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }

  /// A number with its sign: `+1.3`.
  package static func signed(_ value: Double?, _ places: Int) -> String {
    let text = decimal(value, places)
    return text.hasPrefix("-") ? text : "+" + text
  }

  /// A whole number with a comma between thousands; `-` where there is none.
  package static func count(_ value: Int?) -> String {
    guard let value else { return "-" }
    let digits = String(value.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + text
  }

  /// `1 scan`, `12 scans`.
  package static func count(_ value: Int, _ noun: String) -> String {
    count(value) + " " + noun + (value == 1 ? "" : "s")
  }

  /// Bytes in the unit that leaves at most four digits: `34.5 MiB`.
  package static func bytes(_ value: Int) -> String {
    guard value >= 1024 else { return "\(value) B" }
    var (scaled, unit) = (Double(value) / 1024, 0)
    let units = ["KiB", "MiB", "GiB", "TiB"]
    while scaled >= 1000, unit < units.count - 1 {
      scaled /= 1024
      unit += 1
    }
    return decimal(scaled, 1) + " " + units[unit]
  }

  /// A length of time in its two largest units: `3 d 4 h`.
  package static func span(seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e12 else { return "-" }
    let total = max(0, Int(seconds))
    let parts = [
      (total / 86_400, "d"), (total / 3_600 % 24, "h"), (total / 60 % 60, "min"), (total % 60, "s"),
    ]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0 s" }
    return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      .joined(separator: " ")
  }

  /// `2026-11-21 09:00:00` of a time of the daemon's; other text as it is, `-` for none.
  package static func time(_ text: String?) -> String {
    guard let text else { return "-" }
    guard Timestamp(text) != nil else { return text }
    return text.prefix(10) + " " + text.dropFirst(11).prefix(8)
  }
}
