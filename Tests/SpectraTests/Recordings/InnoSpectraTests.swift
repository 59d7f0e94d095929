import Spectra
import Testing

@Suite struct InnoSpectraTests {
  private static func read(_ file: InnoSpectraFile) throws(RecordingError) -> Recording {
    try RecordingReader.read(bytes: file.bytes, name: "data/group02/milk_20241119_093331.csv")
  }

  private static let styles: [InnoSpectraFile] = InnoSpectraFile.Locale.allCases.flatMap { locale in
    InnoSpectraFile.Version.allCases.flatMap { version in
      InnoSpectraFile.Encoding.allCases.flatMap { encoding in
        ["\n", "\r\n"].map { lineEnd in
          InnoSpectraFile(
            locale: locale,
            version: version,
            encoding: encoding,
            lineEnd: lineEnd
          )
        }
      }
    }
  }

  @Test(arguments: styles)
  func `every version, locale and encoding says the same`(file: InnoSpectraFile) throws {
    let recording = try InnoSpectraTests.read(file)
    #expect(
      recording.wavelengthsNanometres == [901.509838744562, 905, 909.293086, 913.25, 917.5]
    )
    var scanner = ScannerDescription()
    (scanner.serialNumber, scanner.model) = ("C36R011", "NIR-M-R2")
    (scanner.firmware, scanner.configurationName) = ("2.6.3.0", "Two, sections")
    scanner.patternWidthPixels = 6
    (scanner.startNanometres, scanner.endNanometres) = (900, 1700)
    scanner.shiftVectorCoefficients = [-10.5391, 0.0761263, -0.000134223]
    scanner.pixelToWavelengthCoefficients = [1775.68, -0.916766, -9.79621e-05]
    #expect(recording.scanner == scanner)
    var scan = Scan()
    scan.sample = "group02/milk"
    scan.sampleSignal = [72657, 0, 83996, 83996, 84006]
    scan.referenceSignal = [108485, 100140, -108241, 83996, 83996]
    scan.referenceKind = .factory
    (scan.temperatureCelsius, scan.relativeHumidityPercent) = (37.31, 8.5)
    (scan.lampPhotodiode, scan.gain, scan.repeats) = (3803, 64, 6)
    scan.deviceTime = Timestamp("2024-11-19T09:33:31Z")
    #expect(recording.scans == [scan])
    #expect(recording.scans[0].absorbanceValues.map(\.isNaN) == [false, true, true, false, false])
  }

  @Test(arguments: [
    ("Built-in Factory Reference", ReferenceKind.factory), ("Built-in User Reference", .user),
    ("Local New Reference", .user), ("Built-In Reference", nil), ("", nil),
  ])
  func `the reference's kind is in its name`(name: String, kind: ReferenceKind?) throws {
    let file = InnoSpectraFile(values: ["Reference Scan Config Name": [name]])
    let recording = try InnoSpectraTests.read(file)
    #expect(recording.scans[0].referenceKind == kind)
    #expect(recording.scanner.configurationName == "Two, sections")
    var lines = Recording.nativeHeader(
      wavelengthsNanometres: recording.wavelengthsNanometres,
      scanner: recording.scanner
    )
    lines += recording.scans[0].nativeLine()
    let again = try RecordingReader.read(bytes: lines, name: "a.scans.ndjson")
    #expect(again.scans[0].referenceKind == kind, "the native format keeps it")
  }

  @Test func `what the file does not say is unknown`() throws {
    var file = InnoSpectraFile()
    for key in ["System Temp (C)", "PGA Gain", "Digital Resolution", "Model Name"] {
      file.values[key] = []
    }
    file.values["Humidity (%)"] = ["N/A"]
    file.values["Lamp Intensity"] = [""]
    file.values["Data Date-Time"] = ["0/0/0T0:0:0"]
    file.values["Shift Vector Coefficients"] = [""]
    file.values["Pattern Width (nm)"] = ["7.03", "9.37"]
    let recording = try InnoSpectraTests.read(file)
    #expect(recording.scanner.model == nil)
    #expect(recording.scanner.patternWidthPixels == nil, "the sections have two widths")
    #expect(recording.scanner.shiftVectorCoefficients == nil)
    let scan = recording.scans[0]
    #expect(scan.temperatureCelsius == nil)
    #expect(scan.relativeHumidityPercent == nil)
    #expect(scan.lampPhotodiode == nil)
    #expect(scan.gain == nil)
    #expect(scan.deviceTime == nil)
  }

  @Test(arguments: [
    "∞", "-∞", "+∞", "NaN", "Infinity", "-Infinity", "+unendlich", "-unendlich", "n. def.",
    "正无穷大", "负无穷大", "非数字",
  ])
  func `every locale's word for no number is a missing value`(word: String) throws {
    var file = InnoSpectraFile(locale: .bareCommas)
    file.titles = ["Wavelength (nm)", "Absorbance (AU)"]
    file.rows = [["901.5", word], ["905.25", "0.5"]]
    file.values["Digital Resolution"] = ["2"]
    let absorbance = try #require(try InnoSpectraTests.read(file).scans.first?.absorbance)
    #expect(absorbance.map { $0.isNaN ? -9 : $0 } == [-9, 0.5])
  }

  @Test func `a torn number is put together as the signals say`() throws {
    var file = InnoSpectraFile(locale: .bareCommas)
    file.values["Digital Resolution"] = ["3"]
    file.rows = [
      ["902", "0.125", "133352", "100000"], ["903.125", "0", "100000", "100000"],
      ["904.5", "1", "100000", "10000"],
    ]
    let recording = try InnoSpectraTests.read(file)
    #expect(recording.wavelengthsNanometres == [902, 903.125, 904.5])
    file.titles = ["Wavelength (nm)", "Absorbance (AU)"]
    file.rows = [["902", "0.125"], ["903.125", "0"], ["904.5", "1"]]
    #expect { try InnoSpectraTests.read(file) } throws: {
      "\($0)" == "data/group02/milk_20241119_093331.csv:28: "
        + "found 3 cells that can be read in several ways, as commas are decimal marks too; "
        + "expected 2, or a file that was saved with decimal points"
    }
  }

  private static let mistakes: [(InnoSpectraFile, String)] = {
    func header(_ key: String, _ values: String...) -> InnoSpectraFile {
      InnoSpectraFile(values: [key: values])
    }
    func row(_ cells: String...) -> InnoSpectraFile {
      var file = InnoSpectraFile()
      file.rows[1] = cells
      return file
    }
    func titles(_ cells: String...) -> InnoSpectraFile { InnoSpectraFile(titles: cells) }
    return [
      (header("System Temp (C)", "warm"), "12:18: found 'warm'; expected a number"),
      (header("PGA Gain", "high"), "11:11: found 'high'; expected a number"),
      (
        header("Data Date-Time", "yesterday"),
        "15:17: found 'yesterday'; expected a time such as 19/11/24 @ 9:33:31 "
          + "or 2024/11/19T9:33:31"
      ),
      (header("Digital Resolution", "2", "9"), "33: found 5 points; expected 11"),
      (
        header("Shift Vector Coefficients", "1", "2"),
        "18: found 2 numbers; expected three numbers"
      ),
      (
        header("Pattern Width (nm)", "∞"), "7:21: found '∞'; expected a number"
      ),
      (
        titles("nm", "Absorbance (AU)"),
        "36: found no line with the columns' titles; "
          + "expected 'Wavelength (nm)' in the first cell of a line"
      ),
      (
        titles("Wavelength (nm)", "Reflectance (AU)"),
        "27: found no column of absorbance or sample signal; "
          + "expected 'Absorbance (AU)' or 'Sample Signal (unitless)'"
      ),
      (
        titles("Wavelength (nm)", "901.5", "905.25"),
        "27:17: found '901.5'; "
          + "expected titles of columns: files of several scans are not read"
      ),
      (row("905", "0.1", "100140"), "29: found 3 cells; expected 4, one per title"),
      (row("905", "0", "1", "2", "3", "4", "5"), "29: found 7 cells; expected 4, one per title"),
      (row("905", "?", "1", "2"), "29:5: found '?'; expected a number"),
      (
        row("905", "0.1", "∞", "2"),
        "29:9: found '∞'; expected a whole number from -2147483648 to 2147483647"
      ),
      (row("∞", "0.1", "1", "2"), "29:1: found '∞'; expected a wavelength in nanometres"),
      (
        row("901.5", "0.1", "1", "2"),
        "29: found wavelength 901.5 nm at point 2; "
          + "expected more than the 901.509838744562 nm before it"
      ),
    ]
  }()

  @Test(arguments: mistakes.indices)
  func `a mistake is an error with its place`(index: Int) {
    let (file, message) = InnoSpectraTests.mistakes[index]
    #expect { try InnoSpectraTests.read(file) } throws: {
      "\($0)" == "data/group02/milk_20241119_093331.csv:" + message
    }
  }
}
