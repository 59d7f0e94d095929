/// Makes files as TI's program saves them, in every style that has been seen.
struct ScannerProgramFile {
  /// Which of the program's headers.
  enum Style: CaseIterable { case hundredths, units }

  var style = Style.hundredths
  var hasByteOrderMark = false
  var lineEnd = "\n"
  /// Whether commas are decimal marks and semicolons separate cells.
  var hasDecimalCommas = false
  /// Replacements of whole lines, by what stands in their first cell.
  var replacements: [String: String] = [:]
  var rows = [
    "901.484831,0.120393,91207.000000,69125.000000",
    "905.391135,∞,100140.000000,0.000000",
    "909.293086,NaN,-108241.000000,83996.000000",
  ]

  private static let hundredths = [
    "Method:,Column 1,,", "Host Date-Time:,1/2/20 @ 9:05:58,,", "Header Version:,1,,",
    "System Temp hundredths:,2664,,", "Detector Temp hundredths:,2189,,",
    "Humidity hundredths:,1203,,", "Lamp PD:,3667,,",
    "Shift Vector Coefficients:,-3.96018,0.0400117,-9.79621e-05,,",
    "Pixel to Wavelength Coefficients:,1783.94,-0.91859,-0.000241811,,",
    "Serial Number:,6100014,,", "Scan Config Name:,My scan,,", "Scan Config Type:,2,,",
    "Start wavelength in nm:,900,,", "End wavelength in nm:,1700,,", "Pattern Pixel Width:,6,,",
    "Number of Measurement points:,3,,", "Num Repeats:,6,,", "PGA Gain:,64,,",
    "Total Measurement Time (s):,2,,",
  ]

  private static let units = [
    "Method:,Column 1,,", "Host Date-Time:,1/2/20 @ 9:05:58,,", "Header Version:,1,,",
    "System Temp (C):,26.64,,", "Detector Temp (C):,21.89,,", "Humidity (%):,12.03,,",
    "Lamp PD:,3667,,", "Shift Vector Coefficients:,-3.96018,0.0400117,-9.79621e-05,,",
    "Pixel to Wavelength Coefficients:,1783.94,-0.91859,-0.000241811,,",
    "Serial Number:,6100014,,", "Scan Config Name:,My scan,,", "Scan Config Type:,Slew,,",
    "Section 1,,", "Start wavelength (nm):,900,,", "End wavelength (nm):,1200,,",
    "Pattern Pixel Width (nm):,   7.03,,,,", "Exposure (ms):,  0.635,,,,",
    "Digital Resolution:,1,,", "Num Repeats:,6,,", "PGA Gain:,64,,",
    "Section 2,,", "Start wavelength (nm):,1200,,", "End wavelength (nm):,1700,,",
    "Pattern Pixel Width (nm):,   7.03,,,,", "Exposure (ms):,  0.635,,,,",
    "Digital Resolution:,2,,", "Num Repeats:,6,,", "PGA Gain:,64,,",
    "Total Measurement Time in sec:,  2.488,,",
  ]

  static let titles =
    "Wavelength (nm),Absorbance (AU),Reference Signal (unitless),Sample Signal (unitless)"

  /// The file's bytes.
  var bytes: [UInt8] {
    let header = style == .units ? ScannerProgramFile.units : ScannerProgramFile.hundredths
    let lines = (header + [ScannerProgramFile.titles] + rows).compactMap { line -> String? in
      let key = line.prefix { $0 != "," }
      guard let replacement = replacements[String(key)] else { return line }
      return replacement.isEmpty ? nil : replacement
    }
    var text = lines.map { $0 + lineEnd }.joined()
    if hasDecimalCommas {
      text = text.replacing(",", with: ";").replacing(".", with: ",")
    }
    return (hasByteOrderMark ? [0xEF, 0xBB, 0xBF] : []) + Array(text.utf8)
  }
}
