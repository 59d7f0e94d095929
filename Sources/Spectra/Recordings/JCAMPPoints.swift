/// Reads the table of a block into points, scaled but in the block's own units.
struct JCAMPPoints {
  /// One point; y is NaN where there is no value.
  typealias Point = (x: Double, y: Double, line: Int)

  let block: JCAMPBlock
  let table: JCAMPRecord
  let xFactor: Double
  let yFactor: Double
  let source: RecordingSource

  /// Reads `(XY..XY)`: pairs of abscissa and ordinate.
  func readPairs() throws(RecordingError) -> [Point] {
    var points: [Point] = []
    for content in table.data {
      var numbers = JCAMPNumbers(source.bytes, content.range)
      while numbers.skipSeparators() {
        let offset = numbers.position
        guard points.count < Limits.wavelengths else {
          throw malformed(content.line, offset, expected: "at most \(Limits.wavelengths) points")
        }
        guard let x = numbers.readPlain() else {
          throw malformed(content.line, offset, expected: "an abscissa")
        }
        guard numbers.skipSeparators() else {
          throw .malformed(
            RecordingPlace(file: source.file, line: content.line),
            found: "an abscissa without an ordinate",
            expected: "pairs of both"
          )
        }
        let ordinate = numbers.position
        switch numbers.readToken() {
        case .value(let y)?: points.append((x * xFactor, y * yFactor, content.line))
        case .missing?: points.append((x * xFactor, .nan, content.line))
        case .difference?, .repetition?, nil:
          throw malformed(content.line, ordinate, expected: "an ordinate")
        }
      }
    }
    try checkCount(points.count, isRequired: false)
    return points
  }

  /// Reads `(X++(Y..Y))`: ordinates at even distances, an abscissa at the start of each line.
  func readEven() throws(RecordingError) -> [Point] {
    var ordinates = JCAMPOrdinates()
    for content in table.data {
      do throws(JCAMPOrdinates.Fault) {
        try ordinates.readLine(source.bytes, content)
      } catch {
        throw malformed(content.line, error.offset, expected: error.expected)
      }
    }
    let count = ordinates.values.count
    try checkCount(count, isRequired: true)
    guard count > 0 else { return [] }
    let (first, last) = try ends(ordinates)
    let step = count > 1 ? (last - first) / Double(count - 1) : 0
    var points: [Point] = []
    for (index, value) in ordinates.values.enumerated() {
      let x = index > 0 && index == count - 1 ? last : first + Double(index) * step
      points.append((x, value * yFactor, ordinates.lines[index]))
    }
    try check(ordinates.checkpoints, points, step: step)
    return points
  }

  /// The first and the last abscissa.
  private func ends(
    _ ordinates: JCAMPOrdinates
  ) throws(RecordingError) -> (first: Double, last: Double) {
    let first =
      try source.number(block.record("FIRSTX"))
      ?? ordinates.checkpoints[0].abscissa * xFactor
    if let last = try source.number(block.record("LASTX")) { return (first, last) }
    guard let step = try source.number(block.record("DELTAX")) else {
      throw source.malformed(
        table,
        found: "neither ##LASTX= nor ##DELTAX=",
        expected: "one of them"
      )
    }
    return (first, first + step * Double(ordinates.values.count - 1))
  }

  /// Compares the abscissas of the lines with the points: a point that is lost or doubled shows.
  private func check(
    _ checkpoints: [JCAMPOrdinates.Checkpoint],
    _ points: [Point],
    step: Double
  ) throws(RecordingError) {
    for checkpoint in checkpoints where points.indices.contains(checkpoint.point) {
      let (found, expected) = (checkpoint.abscissa * xFactor, points[checkpoint.point].x)
      let tolerance = abs(step) / 2 + checkpoint.precision * abs(xFactor)
      guard abs(found - expected) <= tolerance else {
        throw .malformed(
          RecordingPlace(file: source.file, line: checkpoint.line),
          found: "the abscissa \(found) at point \(checkpoint.point + 1)",
          expected: "\(expected) after ##FIRSTX= and ##LASTX="
        )
      }
    }
  }

  private func checkCount(_ count: Int, isRequired: Bool) throws(RecordingError) {
    guard let record = block.record("NPOINTS"), let expected = try source.number(record) else {
      guard !isRequired else {
        throw source.malformed(table, found: "no ##NPOINTS=", expected: "the number of points")
      }
      return
    }
    guard let announced = Int(exactly: expected) else {
      throw source.malformed(
        record,
        found: Excerpt.text(record.value),
        expected: "the number of points"
      )
    }
    guard announced == count else {
      let place = RecordingPlace(file: source.file, line: table.line)
      throw .pointCount(place, found: count, expected: announced)
    }
  }

  private func malformed(_ line: Int, _ offset: Int, expected: String) -> RecordingError {
    let bytes = source.bytes
    let start = bytes[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let end = bytes[offset...].firstIndex { $0 < UInt8(ascii: " ") } ?? bytes.count
    return .malformed(
      RecordingPlace(file: source.file, line: line, column: offset - start + 1),
      found: Excerpt.text(bytes, from: offset, to: end),
      expected: expected
    )
  }
}
