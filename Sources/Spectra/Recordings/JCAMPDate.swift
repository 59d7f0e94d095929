/// The long date of JCAMP-DX 5: `2026/11/21 09:00:00.123456 +0000`.
enum JCAMPDate {
  /// The time that a text means; nil when it has no time zone or another form.
  static func time(_ text: String) -> Timestamp? {
    let parts = text.split(separator: " ")
    guard parts.count == 3, parts[0].utf8.count == 10, let offset = offsetMinutes(parts[2]) else {
      return nil
    }
    let date = parts[0].replacing("/", with: "-")
    guard let time = Timestamp("\(date)T\(parts[1])Z") else { return nil }
    return Timestamp(
      microsecondsSinceEpoch: time.microsecondsSinceEpoch - offset * 60_000_000
    )
  }

  /// A time as text in UTC.
  static func text(_ time: Timestamp) -> String {
    time.description.dropLast().replacing("-", with: "/").replacing("T", with: " ") + " +0000"
  }

  /// Reads `+0100` as 60.
  private static func offsetMinutes(_ text: Substring) -> Int64? {
    guard text.utf8.count == 5, let sign = text.first, sign == "+" || sign == "-",
      text.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber }),
      let digits = Int64(text.dropFirst()), digits % 100 < 60
    else { return nil }
    let minutes = digits / 100 * 60 + digits % 100
    return sign == "-" ? -minutes : minutes
  }
}
