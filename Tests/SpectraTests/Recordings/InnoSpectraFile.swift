/// Makes files as InnoSpectra's programs save them: versions, locales and encodings.
struct InnoSpectraFile {
  /// How numbers are written and cells are kept apart.
  enum Locale: CaseIterable {
    /// Decimal points, commas between cells: English and Chinese.
    case points
    /// Decimal commas, commas between cells: the program on a German Windows.
    case bareCommas
    /// Decimal commas, semicolons between cells: a spreadsheet on a German Windows.
    case semicolons
    /// Decimal commas in quoted cells.
    case quotedCommas
  }

  /// What stands where in the header.
  enum Version: CaseIterable {
    /// 28 lines of 15 cells.
    case current
    /// 29 lines, the other date, another name for the lamp, a comma too many in one cell.
    case old
    /// The lines of each block in another order, the blocks below each other.
    case stacked
  }

  /// How characters become bytes.
  enum Encoding: CaseIterable { case utf8, utf8WithMark, utf16LittleEndian, utf16BigEndian }

  var locale = Locale.points
  var version = Version.current
  var encoding = Encoding.utf8WithMark
  var lineEnd = "\r\n"
  /// The values behind a key, in place of its own; an empty list leaves the key out.
  var values: [String: [String]] = [:]
  var titles = [
    "Wavelength (nm)", "Absorbance (AU)", "Reference Signal (unitless)", "Sample Signal (unitless)",
  ]
  var rows: [[String]] = [
    ["901.509838744562", "0.174091978", "108485", "72657"],
    ["905", "∞", "100140", "0"],
    ["909.293086", "NaN", "-108241", "83996"],
    ["913.25", "0", "83996", "83996"],
    ["917.5", "-5.2E-05", "83996", "84006"],
  ]
  /// Whole lines behind the spectrum.
  var trailer = [
    "***Lamp Ramp Up ADC***", "Index,ADC0,ADC1", "0,12,34", "***Lamp ADC among repeated times***",
  ]

  private static let scan: [(String, [String])] = [
    ("Scan Config Name:", ["Two, sections"]), ("Scan Config Type:", ["Slew", "Num Section:", "2"]),
    ("Section Config Type:", ["Column", "Hadamard"]), ("Start Wavelength (nm):", ["900", "1300"]),
    ("End Wavelength (nm):", ["1300", "1700"]), ("Pattern Width (nm):", ["7.03", "7.03"]),
    ("Exposure (ms):", ["0.635", "0.635"]), ("Digital Resolution:", ["2", "3"]),
    ("Num Repeats:", ["6"]), ("PGA Gain:", ["64", "(AutoPGA)"]), ("System Temp (C):", ["37.31"]),
    ("Humidity (%):", ["8.5"]), ("Lamp Intensity:", ["3803"]),
    ("Data Date-Time:", ["2024/11/19T9:33:31"]), ("Total Measurement Time in sec:", ["2.488"]),
  ]
  private static let reference: [(String, [String])] = [
    ("Scan Config Name:", ["Built-in Factory Reference"]),
    ("Scan Config Type:", ["Slew", "Num Section:", "1"]), ("Section Config Type:", ["Column"]),
    ("Start Wavelength (nm):", ["850"]), ("End Wavelength (nm):", ["1750"]),
    ("Pattern Width (nm):", ["9.37"]), ("Exposure (ms):", ["1.27"]),
    ("Digital Resolution:", ["411"]), ("Num Repeats:", ["50"]), ("PGA Gain:", ["16"]),
    ("System Temp (C):", ["22.5"]), ("Humidity (%):", ["44.25"]), ("Lamp Intensity:", ["1234"]),
    ("Data Date-Time:", ["2019/1/2T3:4:5"]),
  ]
  private static let general: [(String, [String])] = [
    ("Model Name:", ["NIR-M-R2"]), ("Serial Number:", ["C36R011", "(MS123)"]),
    ("GUI Version:", ["3.7.15"]), ("TIVA Version:", ["2.6.3.0"]), ("DLPC Version:", ["4.2.1"]),
    ("UUID:", ["01:23:45"]), ("Main Board Version:", ["F"]), ("Detector Board Version:", ["C"]),
  ]
  private static let calibration: [(String, [String])] = [
    ("Shift Vector Coefficients:", ["-10.5391", "0.0761263", "-0.000134223"]),
    ("Pixel to Wavelength Coefficients:", ["1775.68", "-0.916766", "-9.79621E-05"]),
    ("***Lamp Usage ***", []), ("Total Time(HH:MM:SS):", ["12:34:56"]),
    ("***Device/Error Status***", []), ("Device Status:", ["0x00000001"]),
    ("Error status:", ["0x00000000", "Error Code:", "0x00"]), ("Error Details:", ["Not found"]),
  ]

  /// The file's bytes.
  var bytes: [UInt8] {
    let lines = header + [["***Scan Data***"], titles] + rows
    let text =
      lines.map { $0.map(cell).joined(separator: separator) + lineEnd }.joined()
      + trailer.map { $0 + lineEnd }.joined()
    switch encoding {
    case .utf8: return Array(text.utf8)
    case .utf8WithMark: return [0xEF, 0xBB, 0xBF] + Array(text.utf8)
    case .utf16LittleEndian:
      return [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    case .utf16BigEndian:
      return [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }
  }

  private var separator: String { locale == .semicolons ? ";" : "," }

  private func cell(_ text: String) -> String {
    let isDecimal = Double(text) != nil && text.contains(".")
    switch locale {
    case .points: return text.contains(",") ? "\"\(text)\"" : text
    case .bareCommas:
      if isDecimal { return text.replacing(".", with: ",") }
      return text.contains(",") ? "\"\(text)\"" : text
    case .semicolons: return isDecimal ? text.replacing(".", with: ",") : text
    case .quotedCommas:
      let local = isDecimal ? text.replacing(".", with: ",") : text
      return local.contains(",") ? "\"\(local)\"" : local
    }
  }

  private var header: [[String]] {
    let blocks = [
      ("***Scan Config Information***", lines(InnoSpectraFile.scan, isScan: true)),
      ("***Reference Scan Information***", lines(InnoSpectraFile.reference, isScan: false)),
      ("***General Information***", lines(InnoSpectraFile.general, isScan: true)),
      ("***Calibration Coefficients***", lines(InnoSpectraFile.calibration, isScan: true)),
    ]
    switch version {
    case .current: return sideBySide(blocks[0], blocks[1]) + sideBySide(blocks[2], blocks[3])
    case .old:
      let lines = sideBySide(blocks[0], blocks[1]) + [[""]] + sideBySide(blocks[2], blocks[3])
      return lines.map { line in
        line.map { text in
          switch text {
          case "Lamp Intensity:": "Lamp PT:"
          case "2024/11/19T9:33:31": "19/11/24 @ 9:33:31"
          case "2019/1/2T3:4:5": "2/1/19 @ 3:4:5"
          default: text
          }
        }
      }
    case .stacked: return blocks.reversed().flatMap { [[$0.0]] + $0.1.reversed() }
    }
  }

  private func lines(_ block: [(String, [String])], isScan: Bool) -> [[String]] {
    block.compactMap { key, own in
      let name = key.hasSuffix(":") ? String(key.dropLast()) : key
      let replacement = values[isScan ? name : "Reference " + name]
      if replacement == [] { return nil }
      return [key] + (replacement ?? own)
    }
  }

  private func sideBySide(
    _ left: (String, [[String]]),
    _ right: (String, [[String]])
  ) -> [[String]] {
    let (leftLines, rightLines) = ([[left.0]] + left.1, [[right.0]] + right.1)
    return (0..<max(leftLines.count, rightLines.count)).map { index in
      let cells = index < leftLines.count ? leftLines[index] : []
      let padding = [String](repeating: "", count: 7 - cells.count)
      let beside = index < rightLines.count ? rightLines[index] : []
      return cells + padding + beside + [String](repeating: "", count: 8 - beside.count)
    }
  }
}
