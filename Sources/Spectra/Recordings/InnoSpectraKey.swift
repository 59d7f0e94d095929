/// What a cell in the header of InnoSpectra's CSV announces.
enum InnoSpectraKey {
  case configurationName, sections, start, end, patternWidth, pointCount, repeats, gain
  case systemTemperature, detectorTemperature, humidity, lamp, dateTime
  case model, serialNumber, firmware, shiftVector, pixelToWavelength
  /// One of which the values are not needed.
  case other

  private static let prefixes: [(String, InnoSpectraKey)] = [
    ("scan config name", .configurationName), ("num section", .sections),
    ("start wavelength", .start), ("end wavelength", .end),
    ("pattern width", .patternWidth), ("pattern pixel width", .patternWidth),
    ("digital resolution", .pointCount), ("num repeats", .repeats), ("pga gain", .gain),
    ("system temp", .systemTemperature), ("detector temp", .detectorTemperature),
    ("humidity", .humidity), ("lamp pd", .lamp), ("lamp pt", .lamp), ("lamp adc", .lamp),
    ("lamp intensity", .lamp), ("lamp indicator", .lamp),
    ("data date-time", .dateTime), ("host date-time", .dateTime),
    ("model name", .model), ("serial number", .serialNumber), ("tiva version", .firmware),
    ("shift vector coefficients", .shiftVector),
    ("pixel to wavelength coefficients", .pixelToWavelength),
  ]

  /// The meaning of a cell, or nil when it is a value.
  init?(_ cell: String) {
    let key = cell.lowercased()
    if let match = InnoSpectraKey.prefixes.first(where: { key.hasPrefix($0.0) }) {
      self = match.1
    } else if key.hasSuffix(":") || key.hasPrefix("***") {
      self = .other
    } else {
      return nil
    }
  }
}

/// A block of the header; the scan and its reference have the same keys.
enum InnoSpectraBlock {
  case reference, other

  /// The block that a title such as `***Reference Scan Information***` begins, or nil.
  init?(title cell: String) {
    guard cell.hasPrefix("***") else { return nil }
    self = cell.lowercased().contains("reference") ? .reference : .other
  }
}
