/// Writes JCAMP-DX 4.24 with `##XYPOINTS=`: a block per scan, several in one block of type LINK.
///
/// A block holds the sample as its title, the time, the absorbance by wavelength, the model, the
/// serial number, temperature, humidity and labels. The other things that a scan may hold have no
/// record.
struct JCAMPWriter {
  private let recording: Recording
  private let file: String

  /// Prepares to write.
  init(_ recording: Recording, file: String) {
    (self.recording, self.file) = (recording, file)
  }

  /// The records before the blocks.
  func start() -> [UInt8] {
    guard recording.scans.count > 1 else { return [] }
    return Array(
      """
      ##TITLE= \(recording.scans.count) scans
      ##JCAMP-DX= 4.24
      ##DATA TYPE= LINK
      ##BLOCKS= \(recording.scans.count)
      ##ORIGIN= spectrad
      ##OWNER=

      """.utf8
    )
  }

  /// The record behind the blocks.
  func end() -> [UInt8] { recording.scans.count > 1 ? Array("##END=\n".utf8) : [] }

  /// The block of one scan; throws when it has no absorbance or a text that no record can hold.
  func block(of index: Int) throws(RecordingError) -> [UInt8] {
    let scan = recording.scans[index]
    let absorbance = scan.absorbanceValues
    let wavelengths = recording.wavelengthsNanometres
    guard absorbance.count == wavelengths.count else {
      throw .malformed(
        RecordingPlace(file: file),
        found: "scan \(index + 1) without a reference signal",
        expected: "absorbance, which is what the blocks hold"
      )
    }
    var text = try record("TITLE", scan.sample ?? "")
    text += "##JCAMP-DX= 4.24\n##DATA TYPE= INFRARED SPECTRUM\n##ORIGIN= spectrad\n##OWNER=\n"
    if let time = scan.time { text += try record("LONGDATE", JCAMPDate.text(time)) }
    if let model = recording.scanner.model {
      text += try record("SPECTROMETER/DATA SYSTEM", model)
    }
    if let serialNumber = recording.scanner.serialNumber {
      text += try record("$SERIAL NUMBER", serialNumber)
    }
    if let temperature = scan.temperatureCelsius {
      text += try record("$SYSTEM TEMPERATURE", JCAMPWriter.text(temperature))
    }
    if let humidity = scan.relativeHumidityPercent {
      text += try record("$RELATIVE HUMIDITY", JCAMPWriter.text(humidity))
    }
    for (target, name) in scan.labels.sorted(by: { $0.key < $1.key }) {
      text += try label(target, name)
    }
    text += "##XUNITS= NANOMETERS\n##YUNITS= ABSORBANCE\n##XFACTOR= 1\n##YFACTOR= 1\n"
    text += "##FIRSTX= \(JCAMPWriter.text(wavelengths[0]))\n"
    text += "##LASTX= \(JCAMPWriter.text(wavelengths[wavelengths.count - 1]))\n"
    text += "##NPOINTS= \(wavelengths.count)\n##XYPOINTS= (XY..XY)\n"
    for (wavelength, value) in zip(wavelengths, absorbance) {
      text += "\(JCAMPWriter.text(wavelength)), "
      text += value.isFinite ? JCAMPWriter.text(value) : "?"
      text += "\n"
    }
    return Array((text + "##END=\n").utf8)
  }

  private func label(_ target: String, _ name: String) throws(RecordingError) -> String {
    guard !target.contains("=") else {
      throw .malformed(
        RecordingPlace(file: file),
        found: "a label of the name \(Excerpt.text(target))",
        expected: "a name without ="
      )
    }
    return try record("$LABEL", "\(target)=\(name)")
  }

  /// A record of one line, of which the value comes back as it was.
  private func record(_ name: String, _ value: String) throws(RecordingError) -> String {
    let isPlain = value.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard isPlain, !value.contains("$$"), value.first != " ", value.last != " " else {
      throw .malformed(
        RecordingPlace(file: file),
        found: "the \(name) \(Excerpt.text(value))",
        expected: "a text of one line without $$ and without space around it"
      )
    }
    return "##\(name)= \(value)\n"
  }

  /// The shortest text that reads back as the same double, as JCAMP-DX writes exponents.
  private static func text(_ value: Double) -> String {
    let text = value.description
    let number = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    return number.replacing("e+", with: "E+").replacing("e-", with: "E-")
  }
}
