import Spectra

/// How a scan, and the grid that it belongs to, become bytes and the same value again, bit for bit.
///
/// The native line of a recording would be readable without this program, but it is more than three
/// times as long, cannot tell NaN from null, and `spectractl export` writes it anyway.
enum ScanCoding {
  /// The first byte of everything that this version writes.
  static let version: UInt8 = 1

  /// The bytes of a scan.
  static func encode(_ scan: Scan) -> [UInt8] {
    var writer = ByteWriter(version)
    writer.optional(scan.time) { $0.add($1) }
    writer.optional(scan.sample) { $0.add($1) }
    writer.add(scan.labels.sorted { $0.key < $1.key }) { writer, label in
      writer.add(label.key)
      writer.add(label.value)
    }
    writer.optional(scan.sampleSignal) { $0.addCounts($1) }
    writer.optional(scan.referenceSignal) { $0.addCounts($1) }
    writer.optional(scan.referenceKind) { $0.add(byte: $1.rawValue) }
    writer.optional(scan.absorbance) { $0.add($1) }
    writer.optional(scan.temperatureCelsius) { $0.add($1) }
    writer.optional(scan.detectorTemperatureCelsius) { $0.add($1) }
    writer.optional(scan.relativeHumidityPercent) { $0.add($1) }
    writer.optional(scan.lampPhotodiode) { $0.add($1) }
    writer.optional(scan.gain) { $0.add($1) }
    writer.optional(scan.repeats) { $0.add($1) }
    writer.optional(scan.deviceTime) { $0.add($1) }
    writer.optional(scan.scanIndex) { $0.add(Int($1)) }
    return writer.bytes
  }

  /// The scan that these bytes were made of; nil when they are not such bytes.
  static func scan(_ bytes: [UInt8]) -> Scan? {
    guard var reader = ByteReader(bytes, version: version) else { return nil }
    var scan = Scan()
    scan.time = reader.optional { $0.time() }
    scan.sample = reader.optional { $0.text() }
    for _ in 0..<reader.count(elementBytes: 2) {
      let target = reader.text()
      scan.labels[target] = reader.text()
    }
    scan.sampleSignal = reader.optional { $0.counts() }
    scan.referenceSignal = reader.optional { $0.counts() }
    scan.referenceKind = reader.optional { $0.kind() }
    scan.absorbance = reader.optional { $0.numbers() }
    scan.temperatureCelsius = reader.optional { $0.number() }
    scan.detectorTemperatureCelsius = reader.optional { $0.number() }
    scan.relativeHumidityPercent = reader.optional { $0.number() }
    scan.lampPhotodiode = reader.optional { $0.whole() }
    scan.gain = reader.optional { $0.whole() }
    scan.repeats = reader.optional { $0.whole() }
    scan.deviceTime = reader.optional { $0.time() }
    scan.scanIndex = reader.optional { $0.index() }
    return reader.isWhole ? scan : nil
  }

  /// The bytes of a grid: equal for equal wavelengths and scanners and no others.
  static func encodeGrid(
    wavelengthsNanometres: [Double],
    scanner: ScannerDescription
  ) -> [UInt8] {
    var writer = ByteWriter(version)
    writer.add(wavelengthsNanometres)
    writer.optional(scanner.serialNumber) { $0.add($1) }
    writer.optional(scanner.model) { $0.add($1) }
    writer.optional(scanner.firmware) { $0.add($1) }
    writer.optional(scanner.configurationName) { $0.add($1) }
    writer.optional(scanner.patternWidthPixels) { $0.add($1) }
    writer.optional(scanner.startNanometres) { $0.add($1) }
    writer.optional(scanner.endNanometres) { $0.add($1) }
    writer.optional(scanner.shiftVectorCoefficients) { $0.add($1) }
    writer.optional(scanner.pixelToWavelengthCoefficients) { $0.add($1) }
    return writer.bytes
  }

  /// The grid that these bytes were made of; nil when they are not such bytes.
  static func grid(_ bytes: [UInt8], key: Int64) -> StoredGrid? {
    guard var reader = ByteReader(bytes, version: version) else { return nil }
    let wavelengths = reader.numbers()
    var scanner = ScannerDescription()
    scanner.serialNumber = reader.optional { $0.text() }
    scanner.model = reader.optional { $0.text() }
    scanner.firmware = reader.optional { $0.text() }
    scanner.configurationName = reader.optional { $0.text() }
    scanner.patternWidthPixels = reader.optional { $0.whole() }
    scanner.startNanometres = reader.optional { $0.number() }
    scanner.endNanometres = reader.optional { $0.number() }
    scanner.shiftVectorCoefficients = reader.optional { $0.numbers() }
    scanner.pixelToWavelengthCoefficients = reader.optional { $0.numbers() }
    guard reader.isWhole else { return nil }
    return StoredGrid(key: key, wavelengthsNanometres: wavelengths, scanner: scanner)
  }
}
