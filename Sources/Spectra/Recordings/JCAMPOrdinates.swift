/// Gathers the ordinates of `##XYDATA=(X++(Y..Y))` line by line.
struct JCAMPOrdinates {
  /// Why a line cannot be read; `offset` is where.
  struct Fault: Error {
    var offset: Int
    var expected: String
  }

  /// Where a line's own abscissa belongs.
  struct Checkpoint {
    var line: Int
    /// The point whose abscissa the line begins with.
    var point: Int
    var abscissa: Double
    /// Half of the last decimal with which the abscissa is written.
    var precision: Double
  }

  /// The ordinates so far, NaN where one is missing, not yet scaled.
  private(set) var values: [Double] = []
  /// The line of each ordinate.
  private(set) var lines: [Int] = []
  /// The abscissas that the lines begin with, by which lost points are noticed.
  private(set) var checkpoints: [Checkpoint] = []
  private var lastToken: JCAMPNumbers.Token?

  /// Reads one line.
  mutating func readLine(
    _ bytes: [UInt8],
    _ content: (line: Int, range: Range<Int>)
  ) throws(Fault) {
    var numbers = JCAMPNumbers(bytes, content.range)
    guard let abscissa = numbers.readPlain() else {
      throw Fault(offset: content.range.lowerBound, expected: "the line's first abscissa")
    }
    var precision = 0.5
    for _ in 0..<numbers.decimalCount { precision /= 10 }
    // A line that ends with a difference is followed by one that repeats its last value.
    var isCheck = if case .difference = lastToken { true } else { false }
    let point = isCheck ? values.count - 1 : values.count
    checkpoints.append(
      Checkpoint(line: content.line, point: point, abscissa: abscissa, precision: precision)
    )
    while numbers.skipSeparators() {
      let offset = numbers.position
      guard let token = numbers.readToken() else {
        throw Fault(offset: offset, expected: "a number")
      }
      if isCheck {
        guard case .value(let value) = token, value == values.last else {
          let last = values.last.map { "\($0)" } ?? "a value"
          throw Fault(offset: offset, expected: "\(last) again, the last value of the line before")
        }
        isCheck = false
        lastToken = token
      } else {
        try add(token, line: content.line, offset: offset)
      }
    }
  }

  private mutating func add(
    _ token: JCAMPNumbers.Token,
    line: Int,
    offset: Int
  ) throws(Fault) {
    var count = 1
    var meant = token
    if case .repetition(let total) = token {
      guard let lastToken, total >= 1 else {
        throw Fault(offset: offset, expected: "a value to repeat before it")
      }
      (meant, count) = (lastToken, total - 1)
    }
    guard values.count + count <= Limits.wavelengths else {
      throw Fault(offset: offset, expected: "at most \(Limits.wavelengths) points")
    }
    for _ in 0..<count {
      values.append(try value(meant, offset: offset))
      lines.append(line)
    }
    lastToken = meant
  }

  private func value(_ token: JCAMPNumbers.Token, offset: Int) throws(Fault) -> Double {
    switch token {
    case .value(let value): return value
    case .missing: return .nan
    case .difference(let difference):
      guard let last = values.last, !last.isNaN else {
        throw Fault(offset: offset, expected: "a value before a difference")
      }
      return last + difference
    // `lastToken` never is one.
    case .repetition: return .nan
    }
  }
}
