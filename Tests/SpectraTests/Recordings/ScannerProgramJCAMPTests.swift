import Spectra
import Testing

@Suite struct ScannerProgramJCAMPTests {
  /// A file as InnoSpectra's program saves it: two columns of header values, then a "peak table".
  private static func text(units: String, rows: [String]) -> String {
    let records = [
      "TITLE=My scan", "JCAMP-DX=4.24", "DATA TYPE=INFRARED SPECTRUM",
      "Method:,My scan,Built-In Reference,,,Model Name,NIR-M-R2",
      "Host Date-Time:,19/11/24 @ 9:33:31,1/2/19 @ 1:2:3,,,GUI Version,2.1.0",
      "Header Version:,1,1,,,Tiva Version,2.1.0.67", "System Temp (C):,37.31,22,,,DLPC Version,4.2",
      "Detector Temp (C),39.38,22.5,,,UUID,01:23", "Humidity (%):,3,44,,,Main Board Version,F",
      "Lamp PD:,3803,1234", "Shift Vector Coefficients:,-10.5391,0.0761263,-0.000134223",
      "Pixel to Wavelength Coefficients:,1775.68,-0.916766,-0.000235065",
      "Serial Number:,C36R011,C36R011", "Scan Config Name:,My scan,SystemTest",
      "Scan Config Type:,Column,Column", "Start wavelength (nm):,900,850",
      "End wavelength (nm):,1700,1750", "Pattern Pixel Width (nm):,7.03,9.37",
      "Exposure (ms):,0.635,1.27", "Digital Resolution:,3,411", "NPOINTS=3", "Num Repeats:,6,50",
      "PGA Gain:,64,16", "Total Measurement Time in sec:,2.488", "XUNITS=Wavelength(nm)",
      "YUNITS=\(units)", "FIRSTX=901.5", "LASTX=909.25", "PEAK TABLE=X+(Y..Y)",
    ]
    let lines = records.map { "##" + $0 } + rows + ["##END="]
    return "\u{FEFF}" + lines.map { $0 + "\r\n" }.joined()
  }

  private static func read(_ text: String) throws(RecordingError) -> Recording {
    try RecordingReader.read(bytes: Array(text.utf8), name: "lab/milk_01.jdx")
  }

  @Test func `the header and the pairs are those of the program's CSV`() throws {
    let rows = ["901.5,0.174092", "905.25,∞", "909.25,0.25"]
    let recording = try Self.read(Self.text(units: "Absorbance(AU)", rows: rows))
    #expect(recording.wavelengthsNanometres == [901.5, 905.25, 909.25])
    var scanner = ScannerDescription()
    (scanner.serialNumber, scanner.model) = ("C36R011", "NIR-M-R2")
    (scanner.firmware, scanner.configurationName) = ("2.1.0.67", "My scan")
    (scanner.patternWidthPixels, scanner.startNanometres, scanner.endNanometres) = (6, 900, 1700)
    scanner.shiftVectorCoefficients = [-10.5391, 0.0761263, -0.000134223]
    scanner.pixelToWavelengthCoefficients = [1775.68, -0.916766, -0.000235065]
    #expect(recording.scanner == scanner)
    let scan = recording.scans[0]
    #expect(scan.absorbance?.map { $0.isNaN ? -9 : $0 } == [0.174092, -9, 0.25])
    #expect((scan.temperatureCelsius, scan.detectorTemperatureCelsius) == (37.31, 39.38))
    #expect((scan.relativeHumidityPercent, scan.lampPhotodiode) == (3, 3803))
    #expect((scan.gain, scan.repeats, scan.sample) == (64, 6, "lab/milk"))
    #expect(scan.deviceTime == Timestamp("2024-11-19T09:33:31Z"))
  }

  @Test func `counts are counts and reflectance is refused by name`() throws {
    let rows = ["901.5,72657", "905.25,-3", "909.25,0"]
    let recording = try Self.read(Self.text(units: "Intensity", rows: rows))
    #expect(recording.scans[0].sampleSignal == [72657, -3, 0])
    #expect(recording.scans[0].absorbance == nil)
    #expect { try Self.read(Self.text(units: "Reflectance(AU)", rows: rows)) } throws: {
      "\($0)" == "lab/milk_01.jdx:26: found 'Reflectance(AU)'; "
        + "expected Absorbance(AU) or Intensity"
    }
  }

  @Test func `a mistake is an error with its place`() {
    let rows = ["901.5,1", "905.25", "909.25,0"]
    #expect { try Self.read(Self.text(units: "Absorbance(AU)", rows: rows)) } throws: {
      "\($0)" == "lab/milk_01.jdx:31: found 1 cells; expected 2, one per title"
    }
    let text = Self.text(units: "Intensity", rows: []).replacing("37.31", with: "warm")
    #expect { try Self.read(text) } throws: {
      "\($0)" == "lab/milk_01.jdx:7:20: found 'warm'; expected a number"
    }
  }
}
