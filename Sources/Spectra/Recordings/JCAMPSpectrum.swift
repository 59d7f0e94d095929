import Glibc

/// The points of one block, as wavelengths and absorbance.
struct JCAMPSpectrum {
  /// In nanometres, in the block's order until they are sorted.
  private(set) var wavelengths: [Double]
  /// NaN where there is no value.
  private(set) var absorbance: [Double]
  /// The line of each point.
  private var lines: [Int]

  /// Reads the block's table.
  init(_ block: JCAMPBlock, _ source: RecordingSource) throws(RecordingError) {
    let table = try JCAMPSpectrum.table(block, source)
    let abscissa = try JCAMPUnits.abscissa(block, source)
    let ordinate = try JCAMPUnits.ordinate(block, source)
    let points = JCAMPPoints(
      block: block,
      table: table,
      xFactor: try JCAMPSpectrum.factor("XFACTOR", block, source),
      yFactor: try JCAMPSpectrum.factor("YFACTOR", block, source),
      source: source
    )
    let isEven = JCAMPRecord.normalised(table.value) == "(X++(Y..Y))"
    let read = isEven ? try points.readEven() : try points.readPairs()
    wavelengths = read.map { abscissa.nanometres($0.x) }
    absorbance = read.map { ordinate.absorbance($0.y) }
    lines = read.map(\.line)
  }

  /// Puts the points into the order of rising wavelength, in which a recording has them.
  ///
  /// The other order is as usual in this format; throws when it is neither.
  mutating func sortByWavelength(
    _ block: JCAMPBlock,
    _ source: RecordingSource
  ) throws(RecordingError) {
    if let first = wavelengths.first, let last = wavelengths.last, first > last {
      wavelengths.reverse()
      absorbance.reverse()
      lines.reverse()
    }
    let lines = lines
    try source.check(wavelengths: wavelengths) { point in
      let line = lines.indices.contains(point) ? lines[point] : block.line
      return RecordingPlace(file: source.file, line: line)
    }
  }

  /// The one record that holds the spectrum.
  private static func table(
    _ block: JCAMPBlock,
    _ source: RecordingSource
  ) throws(RecordingError) -> JCAMPRecord {
    let expected = "##XYDATA=(X++(Y..Y)) or ##XYPOINTS=(XY..XY)"
    for record in block.records {
      switch record.label {
      case "XYDATA", "XYPOINTS":
        let form = JCAMPRecord.normalised(record.value)
        guard form == "(X++(Y..Y))" || form == "(XY..XY)" else {
          throw source.malformed(record, found: Excerpt.text(record.value), expected: expected)
        }
        return record
      case "NTUPLES", "PEAKTABLE", "PEAKASSIGNMENTS", "RADATA", "DATATABLE":
        throw source.malformed(record, found: "##\(record.label)=", expected: expected)
      default: break
      }
    }
    throw source.malformed(
      block.records[0],
      found: "a block without a spectrum",
      expected: expected
    )
  }

  private static func factor(
    _ label: String,
    _ block: JCAMPBlock,
    _ source: RecordingSource
  ) throws(RecordingError) -> Double {
    guard let record = block.record(label), let factor = try source.number(record) else {
      return 1
    }
    guard factor != 0 else {
      throw source.malformed(record, found: "the factor 0", expected: "another number")
    }
    return factor
  }
}

/// What the axes of a block are measured in.
private enum JCAMPUnits {
  enum Abscissa {
    case nanometres, micrometres, wavenumbers

    func nanometres(_ x: Double) -> Double {
      switch self {
      case .nanometres: x
      case .micrometres: x * 1_000
      case .wavenumbers: 1e7 / x
      }
    }
  }

  enum Ordinate {
    case absorbance, ratio

    /// The absorbance, NaN where there is none.
    func absorbance(_ y: Double) -> Double {
      switch self {
      case .absorbance: y.isFinite ? y : .nan
      case .ratio: y > 0 && y.isFinite ? 0 - log10(y) : .nan
      }
    }
  }

  static func abscissa(
    _ block: JCAMPBlock,
    _ source: RecordingSource
  ) throws(RecordingError) -> Abscissa {
    switch JCAMPRecord.normalised(block.record("XUNITS")?.value ?? "") {
    case "NANOMETERS", "NANOMETRES", "NANOMETER", "NM": return .nanometres
    case "MICROMETERS", "MICROMETRES", "MICROMETER", "UM": return .micrometres
    case "1CM", "CM1", "CM^1": return .wavenumbers
    default:
      throw refusal("XUNITS", block, source, expected: "NANOMETERS, MICROMETERS or 1/CM")
    }
  }

  static func ordinate(
    _ block: JCAMPBlock,
    _ source: RecordingSource
  ) throws(RecordingError) -> Ordinate {
    switch JCAMPRecord.normalised(block.record("YUNITS")?.value ?? "") {
    case let units where units.hasPrefix("ABSORBANCE"): return .absorbance
    case "REFLECTANCE", "TRANSMITTANCE": return .ratio
    default:
      throw refusal(
        "YUNITS",
        block,
        source,
        expected: "ABSORBANCE, REFLECTANCE or TRANSMITTANCE"
      )
    }
  }

  private static func refusal(
    _ label: String,
    _ block: JCAMPBlock,
    _ source: RecordingSource,
    expected: String
  ) -> RecordingError {
    guard let record = block.record(label) else {
      return source.malformed(block.records[0], found: "no ##\(label)=", expected: expected)
    }
    return source.malformed(record, found: Excerpt.text(record.value), expected: expected)
  }
}
