import Spectra
import Testing

@Suite struct ScannerProgramTests {
  private static func read(_ file: ScannerProgramFile) throws(RecordingError) -> Recording {
    try RecordingReader.read(bytes: file.bytes, name: "data/group02/caffeine_04.csv")
  }

  private static let styles: [ScannerProgramFile] = ScannerProgramFile.Style.allCases.flatMap {
    style in
    [false, true].flatMap { hasByteOrderMark in
      ["\n", "\r\n"].flatMap { lineEnd in
        [false, true].map { hasDecimalCommas in
          ScannerProgramFile(
            style: style,
            hasByteOrderMark: hasByteOrderMark,
            lineEnd: lineEnd,
            hasDecimalCommas: hasDecimalCommas
          )
        }
      }
    }
  }

  @Test(arguments: styles)
  func `every style says the same`(file: ScannerProgramFile) throws {
    let recording = try ScannerProgramTests.read(file)
    #expect(recording.wavelengthsNanometres == [901.484831, 905.391135, 909.293086])
    var scanner = ScannerDescription()
    scanner.serialNumber = "6100014"
    scanner.configurationName = "My scan"
    scanner.patternWidthPixels = 6
    (scanner.startNanometres, scanner.endNanometres) = (900, 1700)
    scanner.shiftVectorCoefficients = [-3.96018, 0.0400117, -9.79621e-05]
    scanner.pixelToWavelengthCoefficients = [1783.94, -0.91859, -0.000241811]
    #expect(recording.scanner == scanner)
    var scan = Scan()
    scan.sample = "group02/caffeine"
    scan.sampleSignal = [69125, 0, 83996]
    scan.referenceSignal = [91207, 100140, -108241]
    (scan.temperatureCelsius, scan.detectorTemperatureCelsius) = (26.64, 21.89)
    (scan.relativeHumidityPercent, scan.lampPhotodiode) = (12.03, 3667)
    (scan.gain, scan.repeats) = (64, 6)
    scan.deviceTime = Timestamp("2020-02-01T09:05:58Z")
    #expect(recording.scans == [scan])
    #expect(recording.scans[0].absorbanceValues.map(\.isNaN) == [false, true, true])
  }

  @Test func `a file of absorbance alone is read, missing values as NaN`() throws {
    var file = ScannerProgramFile()
    file.replacements = ["Wavelength (nm)": "Wavelength (nm),Absorbance (AU)"]
    file.rows = ["900,0.5", "901,∞", "902,-∞", "903,NaN", "904,-inf", "905,+1e-1", ",,,"]
    file.replacements["Number of Measurement points:"] = ""
    let scan = try #require(try ScannerProgramTests.read(file).scans.first)
    let absorbance = try #require(scan.absorbance)
    #expect(absorbance.map { $0.isNaN ? -9 : $0 } == [0.5, -9, -9, -9, -9, 0.1])
    #expect(scan.sampleSignal == nil)
  }

  @Test func `a clock that was never set is no time and a failed sensor no value`() throws {
    var file = ScannerProgramFile()
    file.replacements = [
      "Host Date-Time:": "Host Date-Time:,0/0/0 @ 0:0:0,,",
      "System Temp hundredths:": "System Temp hundredths:,NaN,,",
      "Humidity hundredths:": "Humidity hundredths:,,,",
      "Detector Temp hundredths:": "Detector Temp hundredths:",
    ]
    let scan = try #require(try ScannerProgramTests.read(file).scans.first)
    #expect(scan.deviceTime == nil)
    #expect(scan.temperatureCelsius == nil)
    #expect(scan.relativeHumidityPercent == nil)
    #expect(scan.detectorTemperatureCelsius == nil)
  }

  @Test(arguments: [
    (
      "Wavelength (nm)", "",
      "22: found no line with the columns' titles; "
        + "expected 'Wavelength (nm)' in the first cell of a line"
    ),
    (
      "Wavelength (nm)", "Wavelength (nm),Reflectance (AU)",
      "20: found no column of absorbance or sample signal; "
        + "expected 'Absorbance (AU)' or 'Sample Signal (unitless)'"
    ),
    (
      "Number of Measurement points:", "Number of Measurement points:,228,,",
      "23: found 3 points; expected 228"
    ),
    (
      "System Temp hundredths:", "System Temp hundredths:,warm,,",
      "4:25: found 'warm'; expected a number"
    ),
    (
      "Lamp PD:", "Lamp PD:,36.5,,",
      "7:10: found '36.5'; expected a whole number from -9223372036854775808 to "
        + "9223372036854775807"
    ),
    (
      "Host Date-Time:", "Host Date-Time:,yesterday,,",
      "2:17: found 'yesterday'; expected a time such as 19/11/24 @ 9:33:31 "
        + "or 2024/11/19T9:33:31"
    ),
    (
      "Shift Vector Coefficients:", "Shift Vector Coefficients:,1,2,,",
      "8: found 2 numbers; expected three numbers"
    ),
    (
      "Shift Vector Coefficients:", "Shift Vector Coefficients:,1,2,3,4,",
      "8:34: found '4'; expected three numbers"
    ),
    (
      "Pattern Pixel Width:", "Pattern Pixel Width:,1e300,,",
      "15:22: found '1e300'; expected the width of a pattern"
    ),
    (
      "905.391135", "905.391135,0.1,100140.000000",
      "22: found 3 cells; expected 4, one per title"
    ),
    (
      "905.391135", "905,391135,0,1,100140,000000,1,000000",
      "22: found 8 cells; expected 4, one per title"
    ),
    (
      "905.391135", "905.391135,0.1,100140.5,7",
      "22:16: found '100140.5'; expected a whole number from -2147483648 to 2147483647"
    ),
    (
      "905.391135", "905.391135,0.1,100140,1e400",
      "22:23: found '1e400'; expected a number that a double can hold"
    ),
    (
      "905.391135", "905.391135,0.1,,7",
      "22:16: found an empty cell; expected a signal in counts"
    ),
    ("905.391135", "∞,0.1,1,7", "22:1: found '∞'; expected a wavelength in nanometres"),
    (
      "905.391135", "905.391135,0.1,1,7␀",
      "22:18: found '7?'; expected a number"
    ),
    (
      "905.391135", "905.391135,\"0.1,1,7",
      "22:13: found '0.1,1,7?909.293086,NaN,-…'; expected a quote at the end of the cell"
    ),
    (
      "905.391135", "901.4,0.1,1,7",
      "22: found wavelength 901.4 nm at point 2; expected more than the 901.484831 nm before it"
    ),
    (
      "905.391135", "-905.391135,0.1,1,7",
      "22: found -905.391135 nm; expected a positive wavelength"
    ),
  ])
  func `a broken file is an error with its place`(key: String, line: String, message: String) {
    var file = ScannerProgramFile()
    // NUL itself would make the test's log a binary file.
    file.replacements = [key: line.replacing("␀", with: "\0")]
    #expect { try ScannerProgramTests.read(file) } throws: {
      "\($0)" == "data/group02/caffeine_04.csv:" + message
    }
  }

  @Test func `more wavelengths than the program allows are refused`() {
    var file = ScannerProgramFile()
    file.rows = (1...865).map { "\($0),1,1,1" }
    #expect { try ScannerProgramTests.read(file) } throws: {
      "\($0)"
        == "data/group02/caffeine_04.csv:885: found more than 864 wavelengths; expected 1 to 864"
    }
  }
}
